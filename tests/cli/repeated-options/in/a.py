# plimsoll: ignore[dockerfile/no-such-rule] left behind
print(1)
