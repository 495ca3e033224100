-- Open items with their account and, for receivables, their place in the aged balance: bucket, disputed, unapplied.
--
-- Receivables are what customers owe; everything negative (credit notes, advances, unapplied cash, overpaid invoices)
-- is unapplied and never darkens a bucket silently. Under "age" they are aged by
-- their own date instead; under "fold" see fold.sql. What is due on the day itself is late where the scheme says so.
-- Retention is never overdue before its release. Bills and contract assets stand in accounts of their own and are not
-- aged; exchange differences booked in the export are named apart.
CREATE OR REPLACE TABLE items AS
WITH sold AS (
    SELECT target AS no FROM link
    WHERE kind IN ('factoring', 'repurchase') AND amount = 0 AND (effective IS NULL OR effective <= {as_of})
    GROUP BY target
    HAVING sum(CASE WHEN kind = 'factoring' THEN 1 ELSE -1 END) > 0
),
related AS (
    SELECT customer_id, min(relation) AS relation FROM customers WHERE relation IS NOT NULL GROUP BY customer_id
),
placed AS (
    SELECT
        d.*,
        o.open,
        d.account = 'receivable' AND o.open > 0 AND d.kind NOT IN {credits} AS receivable,
        d.kind = 'retention' AND (d.due_date IS NULL OR d.due_date > {as_of}) AS retained,
        coalesce(d.due_date, d.document_date) AS due,
        coalesce({basis}, d.document_date) AS aged_from,
        coalesce(d.relation, k.relation) AS related_by,
        CASE WHEN d.account = 'bill' AND d.bill_status IN ('endorsed', 'discounted')
                AND (d.transferred_date IS NULL OR d.transferred_date <= {as_of}) THEN d.bill_status
             WHEN d.account = 'bill' AND d.bill_status = 'dishonored'
                AND (d.due_date IS NULL OR d.due_date <= {as_of}) THEN 'dishonored'
             WHEN d.account = 'bill' THEN 'held'
             WHEN f.no IS NOT NULL THEN 'factored' END AS held_as
    FROM open_now AS o
    INNER JOIN doc AS d ON o.no = d.no
    LEFT JOIN sold AS f ON o.no = f.no
    LEFT JOIN related AS k ON d.customer_id = k.customer_id
),
judged AS (
    SELECT
        *,
        CASE WHEN retained AND due_date IS NULL THEN 0 ELSE date_diff('day', due, {as_of}) END AS days_past_due,
        NOT retained AND date_diff('day', due, {as_of}) >= {first_late} AS late,
        CASE WHEN retained AND {waits} THEN 1 ELSE {bucket} END AS bucket,
        CASE WHEN NOT receivable OR dispute_opened > {as_of} THEN 0
             WHEN disputed_amount > 0 AND disputed_amount < open THEN disputed_amount
             WHEN disputed_amount > 0 OR disputed THEN open
             ELSE 0 END AS disputed_open
    FROM placed
),
split AS (
    SELECT
        *,
        CASE WHEN account <> 'receivable' THEN 0
             WHEN receivable AND {disputed} <> 'open' THEN open - disputed_open
             WHEN receivable OR {unapplied} = 'age' THEN open
             ELSE 0 END AS ageable,
        CASE WHEN account <> 'receivable' OR receivable OR {unapplied} = 'age' THEN 0 ELSE open END AS credit
    FROM judged
)
SELECT
    no, file, sheet, line, customer_id, customer_name, parent_id, sales_unit, document_id, kind, document_date,
    due_date, currency, amount, receivable, dispute_reason, dispute_opened, due, days_past_due, late, bucket,
    account, retained, held_as, related_by AS relation, contract_id, acceptor, bill_kind, recourse, transferred_date,
    specific_allowance, specific_rate,
    CAST(open AS DECIMAL(18, 4)) AS open,
    CAST(disputed_open AS DECIMAL(18, 4)) AS disputed_open,
    CAST(ageable AS DECIMAL(18, 4)) AS aged,
    CAST(CASE WHEN {disputed} = 'separate' THEN disputed_open ELSE 0 END AS DECIMAL(18, 4)) AS disputed,
    CAST(CASE WHEN {disputed} = 'exclude' THEN disputed_open ELSE 0 END AS DECIMAL(18, 4)) AS excluded,
    CAST(credit AS DECIMAL(18, 4)) AS unapplied
FROM split;
