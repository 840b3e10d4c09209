"""Approval of drafts: `asking` is the owner's page, `review` what a client or boss sees."""
