"""A request becomes jobs, each under a key made from all that decides its pixels."""
