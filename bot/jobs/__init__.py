"""Work at the bot's own pace; every loop bounded."""
