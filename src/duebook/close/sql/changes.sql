-- What changed in the past, one row per document or allocation, with what it was and what it is: `changes`.
--
-- Besides what moves a balance (`past`) these are dates and due dates of documents that were open, and allocations within
-- one account of a customer: they move no balance, but what is open of a document, and how old it is.
CREATE OR REPLACE TABLE changes AS
WITH still_open AS (
    SELECT DISTINCT p.pair FROM {old_items} AS i INNER JOIN paired AS p ON i.no = p.old
),
old_within AS (
    SELECT
        a.allocation, a.amount, a.effective, t.pair, s.pair AS other, t.new IS NOT NULL AND s.new IS NOT NULL AS stays,
        d.customer_id, d.currency, d.account
    FROM {old_allocations} AS a
    INNER JOIN paired AS t ON a.target = t.old
    INNER JOIN paired AS s ON a.source = s.old
    INNER JOIN {old_documents} AS d ON a.target = d.no
    INNER JOIN {old_documents} AS e ON a.source = e.no
    WHERE NOT coalesce(a.derived, false) AND a.amount <> 0 AND d.account = e.account AND d.customer_id = e.customer_id
        AND a.effective <= {since}
),
new_within AS (
    SELECT
        a.allocation, a.amount, a.effective, t.pair, s.pair AS other, t.old IS NOT NULL AND s.old IS NOT NULL AS stays,
        d.customer_id, d.currency, d.account
    FROM {new_allocations} AS a
    INNER JOIN paired AS t ON a.target = t.new
    INNER JOIN paired AS s ON a.source = s.new
    INNER JOIN {new_documents} AS d ON a.target = d.no
    INNER JOIN {new_documents} AS e ON a.source = e.no
    WHERE NOT coalesce(a.derived, false) AND a.amount <> 0 AND d.account = e.account AND d.customer_id = e.customer_id
),
old_placed AS (
    SELECT *, row_number() OVER (PARTITION BY pair, other, effective, amount ORDER BY allocation) AS place
    FROM old_within WHERE stays
),
new_placed AS (
    SELECT *, row_number() OVER (PARTITION BY pair, other, effective, amount ORDER BY allocation) AS place
    FROM new_within WHERE stays
),
same AS (
    SELECT o.allocation AS old, n.allocation AS new
    FROM old_placed AS o
    INNER JOIN new_placed AS n
        ON o.pair = n.pair AND o.other = n.other AND o.effective = n.effective AND o.amount = n.amount
        AND o.place = n.place
),
old_left AS (
    SELECT *, row_number() OVER (PARTITION BY pair, other ORDER BY effective, amount, allocation) AS turn
    FROM old_placed WHERE allocation NOT IN (SELECT old FROM same)
),
new_left AS (
    SELECT *, row_number() OVER (PARTITION BY pair, other ORDER BY effective, amount, allocation) AS turn
    FROM new_placed WHERE allocation NOT IN (SELECT new FROM same)
),
within_one AS (
    SELECT
        coalesce(o.pair, n.pair) AS pair, coalesce(o.customer_id, n.customer_id) AS customer_id,
        coalesce(o.currency, n.currency) AS currency, coalesce(o.account, n.account) AS account,
        o.allocation AS old_allocation, n.allocation AS new_allocation, CAST(0 AS DECIMAL(18, 4)) AS effect
    FROM old_left AS o
    FULL JOIN new_left AS n ON o.pair = n.pair AND o.other = n.other AND o.turn = n.turn
    WHERE o.allocation IS NOT NULL OR n.effective <= {since}
),
redated AS (
    SELECT
        p.pair, n.customer_id, n.currency, n.account, CAST(NULL AS BIGINT) AS old_allocation,
        CAST(NULL AS BIGINT) AS new_allocation, CAST(0 AS DECIMAL(18, 4)) AS effect
    FROM still_open AS o
    INNER JOIN paired AS p ON o.pair = p.pair
    INNER JOIN {old_documents} AS d ON p.old = d.no
    INNER JOIN {new_documents} AS n ON p.new = n.no
    WHERE (d.due_date IS DISTINCT FROM n.due_date OR d.document_date <> n.document_date)
        AND o.pair NOT IN (SELECT pair FROM past WHERE old_allocation IS NULL AND new_allocation IS NULL)
),
every AS (
    SELECT * FROM past
    UNION ALL
    SELECT * FROM within_one
    UNION ALL
    SELECT * FROM redated
)
SELECT
    e.currency, e.account, e.customer_id,
    CASE WHEN a.allocation IS NOT NULL AND b.allocation IS NOT NULL THEN 'allocation_changed'
         WHEN b.allocation IS NOT NULL THEN 'allocation_added'
         WHEN a.allocation IS NOT NULL THEN 'allocation_removed'
         WHEN d.no IS NULL THEN 'added'
         WHEN n.no IS NULL THEN 'removed'
         WHEN d.customer_id <> n.customer_id THEN 'customer'
         WHEN d.account <> n.account THEN 'account'
         WHEN d.amount <> n.amount THEN 'amount'
         WHEN d.document_date <> n.document_date THEN 'date'
         WHEN e.effect = 0 THEN 'due_date'
         ELSE 'open_amount' END AS what,
    coalesce(n.document_id, d.document_id) AS document_id,
    coalesce(n.kind, d.kind) AS kind,
    CASE WHEN a.allocation IS NULL AND b.allocation IS NULL THEN NULL
         ELSE coalesce(r.document_id, q.document_id, b.document_id, a.document_id) END AS other_id,
    CASE WHEN a.allocation IS NOT NULL OR b.allocation IS NOT NULL THEN a.amount ELSE d.amount END AS old_amount,
    CASE WHEN a.allocation IS NOT NULL OR b.allocation IS NOT NULL THEN b.amount ELSE n.amount END AS new_amount,
    CASE WHEN a.allocation IS NOT NULL OR b.allocation IS NOT NULL THEN a.effective ELSE d.document_date END AS old_date,
    CASE WHEN a.allocation IS NOT NULL OR b.allocation IS NOT NULL THEN b.effective ELSE n.document_date END AS new_date,
    CASE WHEN a.allocation IS NULL AND b.allocation IS NULL THEN d.due_date END AS old_due,
    CASE WHEN a.allocation IS NULL AND b.allocation IS NULL THEN n.due_date END AS new_due,
    d.customer_id AS old_customer,
    n.customer_id AS new_customer,
    e.effect,
    CASE WHEN a.allocation IS NOT NULL OR b.allocation IS NOT NULL THEN a.file ELSE d.file END AS old_file,
    CASE WHEN a.allocation IS NOT NULL OR b.allocation IS NOT NULL THEN a.line ELSE d.line END AS old_line,
    CASE WHEN a.allocation IS NOT NULL OR b.allocation IS NOT NULL THEN b.file ELSE n.file END AS new_file,
    CASE WHEN a.allocation IS NOT NULL OR b.allocation IS NOT NULL THEN b.line ELSE n.line END AS new_line,
    e.pair, coalesce(e.old_allocation, 0) AS old_place, coalesce(e.new_allocation, 0) AS new_place
FROM every AS e
INNER JOIN paired AS p ON e.pair = p.pair
LEFT JOIN {old_documents} AS d ON p.old = d.no
LEFT JOIN {new_documents} AS n ON p.new = n.no
LEFT JOIN {old_allocations} AS a ON e.old_allocation = a.allocation
LEFT JOIN {new_allocations} AS b ON e.new_allocation = b.allocation
LEFT JOIN {old_documents} AS q ON CASE WHEN a.target = p.old THEN a.source ELSE a.target END = q.no
LEFT JOIN {new_documents} AS r ON CASE WHEN b.target = p.new THEN b.source ELSE b.target END = r.no;
