"""Training and evaluation: labelled pages and clips in, a model and its figures out."""
