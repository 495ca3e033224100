-- Months of origin that have run their course: what was sold ({sold}), what of it was seen open in each later bucket
-- ({seen}), what was lost at last: written off ({lost}), or open in the last bucket now.
--
-- The three are unions over the earlier closes and this one, one row per document and close; a document counts with the
-- most that any close knew of it. What was lost has passed every stage, whenever it was written off. A month counts
-- from {first} on, and once all of it would be in the last bucket if it were still open ({bucket}): a month that was
-- quickly paid is no better known than one that was not. Stage n is bucket n, stage {last} + 1 the loss.
WITH sold AS (
    SELECT customer_id, document_id, currency, origin, max(aged_from) AS aged_from, max(amount) AS amount FROM ({sold})
    WHERE origin >= {first}
    GROUP BY ALL
),
seen AS (
    SELECT customer_id, document_id, currency, origin, bucket, max(open) AS open FROM ({seen})
    WHERE origin >= {first}
    GROUP BY ALL
),
here AS (
    SELECT customer_id, document_id, currency, date_trunc('month', document_date) AS origin, bucket, open
    FROM items
    WHERE receivable
),
loss AS (
    SELECT customer_id, document_id, currency, origin, sum(amount) AS amount
    FROM (
        SELECT customer_id, document_id, currency, origin, max(amount) AS amount FROM ({lost}) GROUP BY ALL
        UNION ALL
        SELECT customer_id, document_id, currency, origin, open FROM here WHERE bucket = {last}
    )
    WHERE origin >= {first}
    GROUP BY ALL
),
numbers AS (
    SELECT CAST(range AS INTEGER) AS n FROM range(2, {last} + 1)
),
reached AS (
    SELECT n, customer_id, document_id, currency, origin, max(amount) AS amount
    FROM (
        SELECT n.n, s.customer_id, s.document_id, s.currency, s.origin, s.open AS amount
        FROM seen AS s
        INNER JOIN numbers AS n ON s.bucket >= n.n
        UNION ALL
        SELECT n.n, l.customer_id, l.document_id, l.currency, l.origin, l.amount
        FROM loss AS l
        CROSS JOIN numbers AS n
    )
    GROUP BY ALL
),
ended AS (
    SELECT currency, origin FROM sold
    GROUP BY ALL
    HAVING min({bucket}) = {last}
    EXCEPT
    SELECT currency, origin FROM here WHERE bucket < {last}
),
stage AS (
    SELECT currency, origin, 1 AS n, amount FROM sold
    UNION ALL
    SELECT currency, origin, n, amount FROM reached
    UNION ALL
    SELECT currency, origin, {last} + 1, amount FROM loss
)
SELECT s.currency, CAST(s.origin AS DATE), s.n, sum(s.amount)
FROM stage AS s
INNER JOIN ended AS o ON s.currency = o.currency AND s.origin = o.origin
GROUP BY ALL
ORDER BY ALL
