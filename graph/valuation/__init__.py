"""The valuation of a graph: the base currency and the exchange rates with which its amounts were converted.

* stored        keeps the valuation in the graph, and compares it with the settings
* revaluation   converts all amounts again, in batches that can be resumed
"""
