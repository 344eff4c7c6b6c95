raise SystemExit(256 * 3 + 5)
