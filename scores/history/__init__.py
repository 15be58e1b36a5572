"""What became of a score from one save to the next: compared in words and as a picture, restored."""
