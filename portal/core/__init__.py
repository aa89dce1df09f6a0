"""The trade itself: questionnaires, answers, scores, gaps and advice. Standard library only."""
