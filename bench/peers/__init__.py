"""The same workloads on other engines, each in a process of an environment of their own."""
