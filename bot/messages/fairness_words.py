"""What signals, pictures and numbers are called, by keys of texts."""

from __future__ import annotations

SIGNALS = {
    "pair": "fairness.signal.pair",
    "ring": "fairness.signal.ring",
    "chain": "fairness.signal.chain",
    "burst": "fairness.signal.burst",
    "rush": "fairness.signal.rush",
    "wave": "fairness.signal.wave",
    "rhythm": "fairness.signal.rhythm",
    "numbers": "fairness.signal.numbers",
    "names": "fairness.signal.names",
    "alike": "fairness.signal.alike",
    "foreign": "fairness.signal.foreign",
    "silent": "fairness.signal.silent",
    "hush": "fairness.signal.hush",
    "still": "fairness.signal.still",
    "short": "fairness.signal.short",
    "returns": "fairness.signal.returns",
    "rating": "fairness.signal.rating",
    "refunds": "fairness.signal.refunds",
    "hand": "fairness.signal.hand",
}
"""By the key of the signal."""
PICTURES = {
    "umbrella": "fairness.picture.umbrella",
    "house": "fairness.picture.house",
    "fish": "fairness.picture.fish",
    "apple": "fairness.picture.apple",
    "key": "fairness.picture.key",
    "cat": "fairness.picture.cat",
    "tree": "fairness.picture.tree",
    "bicycle": "fairness.picture.bicycle",
    "clock": "fairness.picture.clock",
    "flower": "fairness.picture.flower",
    "boat": "fairness.picture.boat",
    "glasses": "fairness.picture.glasses",
}
"""By the name of the picture."""
NUMBERS = {
    "1": "fairness.number.n1",
    "2": "fairness.number.n2",
    "3": "fairness.number.n3",
    "4": "fairness.number.n4",
    "5": "fairness.number.n5",
    "6": "fairness.number.n6",
    "7": "fairness.number.n7",
    "8": "fairness.number.n8",
    "9": "fairness.number.n9",
    "10": "fairness.number.n10",
    "11": "fairness.number.n11",
    "12": "fairness.number.n12",
    "13": "fairness.number.n13",
    "14": "fairness.number.n14",
    "15": "fairness.number.n15",
    "16": "fairness.number.n16",
    "17": "fairness.number.n17",
    "18": "fairness.number.n18",
    "19": "fairness.number.n19",
    "20": "fairness.number.n20",
    "21": "fairness.number.n21",
    "22": "fairness.number.n22",
    "23": "fairness.number.n23",
    "24": "fairness.number.n24",
}
"""In words."""
REASONS = {
    "unreal": "fairness.reason.unreal",
    "same": "fairness.reason.same",
    "asked": "fairness.reason.asked",
    "time": "fairness.reason.time",
    "signals": "fairness.reason.signals",
}
"""Why somebody was refused."""
REASON_BUTTONS = {
    "unreal": "fairness.reason_button.unreal",
    "same": "fairness.reason_button.same",
    "asked": "fairness.reason_button.asked",
}
"""On the buttons of those who decide."""
