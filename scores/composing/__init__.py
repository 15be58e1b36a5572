"""What the Composer asks beyond the graph itself: its page, drafts, checks without a save, conditions tried."""
