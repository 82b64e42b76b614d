"""What a person can do in the chat, one file or folder per capability."""
