"""Pictures become streams: H.264, AV1, lossless, stills."""
