# plimsoll: ignore[policy/unused-suppression] until the move, until=2025-12-31
print(1)
