# plimsoll: ignore[x/y]
