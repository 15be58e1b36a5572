"""A shop whose orders come in pages, in each of the ways that APIs have for it.

By link: RFC 8288 as in docs.github.com/rest/using-the-rest-api/using-pagination-in-the-rest-api; by
cursor: as in docs.stripe.com/api/pagination and developers.notion.com/reference/intro#pagination;
by number: as in Apollo's and WordPress' APIs (read November 2026).
`python -m tests.far_ends.pages --port 9005`.
"""

from tests.far_ends.server import FarEnd, Reply, Request, main

ORDERS = [{"id": number} for number in range(1, 8)]
A_PAGE = 3


class PagedShop(FarEnd):
    def answer(self, request: Request) -> Reply:
        kind = request.path.removeprefix("/orders/")
        start = int(request.first("after", "0")) if kind != "number" else 0
        if kind == "number":
            start = (int(request.first("page", "1")) - 1) * A_PAGE
        shown, following = ORDERS[start : start + A_PAGE], start + A_PAGE
        more = following < len(ORDERS)
        match kind:
            case "link":
                here = '</orders/link>; rel="first", </orders/later>; rel="next-archive"'
                link = (
                    f'{here}, </orders/link?after={following}>; title="on, and on"; Rel="last Next"'
                )
                return Reply(body=shown, headers={"Link": link} if more else {})
            case "url":
                url = f"{self.url}/orders/url?after={following}" if more else None
                return Reply(body={"data": {"orders": shown}, "next": url})
            case "cursor":
                cursor = {"cursor": str(following) if more else ""}
                return Reply(body={"orders": shown, "meta": cursor})
            case "number":
                return Reply(body={"orders": shown})
            case "circle":
                return Reply(body={"orders": shown, "meta": {"cursor": "0"}})
            case "elsewhere":
                return Reply(body={"orders": shown, "next": "https://evil.example/steal"})
        return Reply(body={"bytes": len(request.body)})


if __name__ == "__main__":
    main(PagedShop)
