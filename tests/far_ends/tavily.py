"""Tavily as documented at docs.tavily.com/documentation/api-reference/endpoint: search, extract, usage.

`python -m tests.far_ends.tavily --port 9003`; any key that begins with `tvly-`."""

from tests.far_ends.server import FarEnd, Reply, Request, main

RESULTS = [
    {
        "title": f"Result {number}",
        "url": f"https://news.example/{number}",
        "content": "Northwind raised a Series B.",
        "raw_content": None,
        "score": round(0.9 - number / 10, 1),
    }
    for number in range(8)
]


class Tavily(FarEnd):
    def answer(self, request: Request) -> Reply:
        if not request.headers.get("authorization", "").startswith("Bearer tvly-"):
            return Reply(401, {"detail": {"error": "Unauthorized: missing or invalid API key."}})
        if request.path == "/usage":
            return Reply(body={"key": {"usage": 150, "limit": 1000}, "account": {}})
        asked = request.json()
        if request.path == "/search":
            found = RESULTS[: asked.get("max_results", 5)]
            told = {"query": asked["query"], "images": [], "answer": None, "response_time": 0.2}
            return Reply(body={**told, "results": found})
        if request.path == "/extract":
            good = [url for url in asked["urls"] if "missing" not in url]
            return Reply(
                body={
                    "results": [{"url": url, "raw_content": f"# {url}"} for url in good],
                    "failed_results": [
                        {"url": url, "error": "Failed to fetch url"}
                        for url in asked["urls"]
                        if url not in good
                    ],
                    "response_time": 0.1,
                }
            )
        return Reply(404, {"detail": "Not Found"})


if __name__ == "__main__":
    main(Tavily)
