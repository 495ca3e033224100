-- Open items with their place in the aged balance: bucket, disputed part, unapplied.
--
-- Receivables are what customers owe; everything negative (credit notes, advances, unapplied cash, overpaid invoices)
-- is unapplied and never darkens a bucket silently. Under "age" they are aged by
-- their own date instead; under "fold" see fold.sql. What is due on the day itself is late where the scheme says so.
CREATE OR REPLACE TABLE items AS
WITH placed AS (
    SELECT
        d.*,
        o.open,
        o.open > 0 AND d.kind NOT IN ('credit_note', 'payment', 'advance') AS receivable,
        coalesce(d.due_date, d.document_date) AS due,
        coalesce({basis}, d.document_date) AS aged_from
    FROM open_now AS o
    INNER JOIN doc AS d ON o.no = d.no
),
judged AS (
    SELECT
        *,
        date_diff('day', due, {as_of}) AS days_past_due,
        date_diff('day', due, {as_of}) >= {first_late} AS late,
        {bucket} AS bucket,
        CASE WHEN NOT receivable OR dispute_opened > {as_of} THEN 0
             WHEN disputed_amount > 0 AND disputed_amount < open THEN disputed_amount
             WHEN disputed_amount > 0 OR disputed THEN open
             ELSE 0 END AS disputed_open
    FROM placed
),
split AS (
    SELECT
        *,
        CASE WHEN receivable AND {disputed} <> 'open' THEN open - disputed_open
             WHEN receivable OR {unapplied} = 'age' THEN open
             ELSE 0 END AS ageable,
        CASE WHEN receivable OR {unapplied} = 'age' THEN 0 ELSE open END AS credit
    FROM judged
)
SELECT
    no, file, sheet, line, customer_id, customer_name, parent_id, sales_unit, document_id, kind, document_date,
    due_date, currency, amount, receivable, dispute_reason, dispute_opened, due, days_past_due, late, bucket,
    CAST(open AS DECIMAL(18, 4)) AS open,
    CAST(disputed_open AS DECIMAL(18, 4)) AS disputed_open,
    CAST(ageable AS DECIMAL(18, 4)) AS aged,
    CAST(CASE WHEN {disputed} = 'separate' THEN disputed_open ELSE 0 END AS DECIMAL(18, 4)) AS disputed,
    CAST(CASE WHEN {disputed} = 'exclude' THEN disputed_open ELSE 0 END AS DECIMAL(18, 4)) AS excluded,
    CAST(credit AS DECIMAL(18, 4)) AS unapplied
FROM split;
