"""Listed supervision (挂牌督办): the order, its life, its papers and what the public reads of it."""
