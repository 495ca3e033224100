-- What became of every item open on {as_of} up to {to}: by receipts, and apart by everything else that settles an item.
--
-- `open_later` is what is open on {to}. A credit that was there on {as_of} already (an advance, unapplied cash) is no
-- later receipt, whenever it is applied. What no column names (factoring, netting, journals, retention) is `other`, so
-- that open = receipts + credit_notes + bills + write_offs + earlier + other + still_open, always.
CREATE OR REPLACE TABLE subsequent AS
WITH later AS (
    SELECT
        l.target AS no, l.amount, l.effective,
        CASE WHEN s.document_date <= {as_of} THEN 'earlier'
             WHEN coalesce(s.kind, l.kind) IN ('payment', 'advance', 'collected') THEN 'receipts'
             WHEN coalesce(s.kind, l.kind) = 'credit_note' THEN 'credit_notes'
             WHEN coalesce(s.kind, l.kind) IN ('bill', 'endorsed', 'discounted') THEN 'bills'
             WHEN coalesce(s.kind, l.kind) = 'write_off' THEN 'write_offs'
             ELSE 'other' END AS how
    FROM link AS l
    LEFT JOIN doc AS s ON l.source = s.no
    WHERE l.target IS NOT NULL AND l.effective > {as_of} AND l.effective <= {to}
),
summed AS (
    SELECT
        no,
        sum(CASE WHEN how = 'receipts' THEN amount ELSE 0 END) AS receipts,
        sum(CASE WHEN how = 'credit_notes' THEN amount ELSE 0 END) AS credit_notes,
        sum(CASE WHEN how = 'bills' THEN amount ELSE 0 END) AS bills,
        sum(CASE WHEN how = 'write_offs' THEN amount ELSE 0 END) AS write_offs,
        sum(CASE WHEN how = 'earlier' THEN amount ELSE 0 END) AS earlier,
        max(CASE WHEN how = 'receipts' THEN effective END) AS last_date
    FROM later
    GROUP BY no
),
named AS (
    SELECT
        i.no, i.file, i.line, i.customer_id, i.document_id, i.kind, i.document_date, i.due_date, i.currency, i.account,
        i.open,
        coalesce(s.receipts, 0) AS receipts,
        coalesce(s.credit_notes, 0) AS credit_notes,
        coalesce(s.bills, 0) AS bills,
        coalesce(s.write_offs, 0) AS write_offs,
        coalesce(s.earlier, 0) AS earlier,
        coalesce(o.open, 0) AS still_open,
        s.last_date
    FROM items AS i
    LEFT JOIN summed AS s ON i.no = s.no
    LEFT JOIN open_later AS o ON i.no = o.no
    WHERE i.open > 0 AND i.account IN ('receivable', 'bill', 'contract_asset') AND i.kind NOT IN {credits}
)
SELECT
    no, file, line, customer_id, document_id, kind, document_date, due_date, currency, account, last_date,
    CAST(open AS DECIMAL(18, 4)) AS open,
    CAST(receipts AS DECIMAL(18, 4)) AS receipts,
    CAST(credit_notes AS DECIMAL(18, 4)) AS credit_notes,
    CAST(bills AS DECIMAL(18, 4)) AS bills,
    CAST(write_offs AS DECIMAL(18, 4)) AS write_offs,
    CAST(earlier AS DECIMAL(18, 4)) AS earlier,
    CAST(open - still_open - receipts - credit_notes - bills - write_offs - earlier AS DECIMAL(18, 4)) AS other,
    CAST(still_open AS DECIMAL(18, 4)) AS still_open
FROM named;

-- Receipts after {as_of} that no document has taken up by {to}.
CREATE OR REPLACE TABLE unapplied_later AS
SELECT d.customer_id, d.currency, CAST(-sum(o.open) AS DECIMAL(18, 4)) AS amount
FROM open_later AS o
INNER JOIN doc AS d ON o.no = d.no
WHERE d.kind IN ('payment', 'advance') AND d.document_date > {as_of} AND o.open < 0
GROUP BY d.customer_id, d.currency;
