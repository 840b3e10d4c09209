"""Notifications: what is to be told, when, in which words, and on which channels."""
