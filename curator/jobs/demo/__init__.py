"""A small bundled internet: sixteen sites in Indonesian, English and Japanese, and the brand that reads them."""
