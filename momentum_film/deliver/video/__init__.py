"""The film and its relatives: MP4, GIF, poster, AV1, teaser, clips."""
