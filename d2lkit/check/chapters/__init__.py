"""The exercises that can be checked: one file for each chapter that has any, named as its label."""
