"""How long does it take, beside the least that the same work could take?"""
