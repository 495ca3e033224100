-- What changed between two closes, line by line: `past` (what changed in the past since it was sealed) and `period` (what
-- moved after it). Both are made of movements, so opening + past + period = closing for every customer and account.
--
-- `told` movements of allocations are lines of their own; whatever else moved a document (its amount, what was settled
-- on a day that the export does not tell) is the document's own line.
CREATE OR REPLACE TABLE gone AS
-- an export of open items tells no more of what was settled than that it is not there any more
SELECT pair FROM paired WHERE new IS NULL AND {lists_open};

CREATE OR REPLACE TABLE moved AS
SELECT
    p.pair, m.customer_id, m.currency, m.account, m.line, m.day, m.amount, m.allocation, m.told,
    coalesce(o.pair, 0) AS other, true AS before, m.day <= {since} AS past,
    m.allocation IS NOT NULL AND m.told AND g.pair IS NULL AS apart
FROM {old_movements} AS m
INNER JOIN paired AS p ON m.no = p.old
LEFT JOIN paired AS o ON m.other = o.old
LEFT JOIN gone AS g ON p.pair = g.pair
WHERE m.day <= {since}
UNION ALL
SELECT
    p.pair, m.customer_id, m.currency, m.account, m.line, m.day, m.amount, m.allocation, m.told,
    coalesce(o.pair, 0), false, m.day <= {since},
    m.allocation IS NOT NULL AND m.told
FROM {new_movements} AS m
INNER JOIN paired AS p ON m.no = p.new
LEFT JOIN paired AS o ON m.other = o.new
WHERE m.day <= {until};

-- Allocations of both closes are tied to each other first where day and amount agree, then in the order of their days.
CREATE OR REPLACE TABLE tied AS
WITH exact AS (
    SELECT
        pair, other, line, day, amount, account, customer_id, before, allocation,
        row_number() OVER (
            PARTITION BY pair, other, line, day, amount, account, customer_id, before ORDER BY allocation
        ) AS place
    FROM moved WHERE apart
),
same AS (
    SELECT o.allocation AS old, n.allocation AS new, o.pair, o.account, o.customer_id
    FROM exact AS o
    INNER JOIN exact AS n
        ON o.pair = n.pair AND o.other = n.other AND o.line = n.line AND o.day = n.day AND o.amount = n.amount
        AND o.account = n.account AND o.customer_id = n.customer_id AND o.place = n.place
    WHERE o.before AND NOT n.before
),
rest AS (
    SELECT
        e.pair, e.other, e.line, e.account, e.customer_id, e.before, e.allocation,
        row_number() OVER (
            PARTITION BY e.pair, e.other, e.line, e.account, e.customer_id, e.before
            ORDER BY e.day, e.amount, e.allocation
        ) AS place
    FROM exact AS e
    LEFT JOIN same AS s
        ON e.pair = s.pair AND e.account = s.account AND e.customer_id = s.customer_id
        AND e.allocation = CASE WHEN e.before THEN s.old ELSE s.new END
    WHERE s.pair IS NULL
)
SELECT pair, account, customer_id, old, new FROM same
UNION ALL
SELECT
    coalesce(o.pair, n.pair), coalesce(o.account, n.account), coalesce(o.customer_id, n.customer_id),
    o.allocation, n.allocation
FROM (SELECT * FROM rest WHERE before) AS o
FULL JOIN (SELECT * FROM rest WHERE NOT before) AS n
    ON o.pair = n.pair AND o.other = n.other AND o.line = n.line AND o.account = n.account
    AND o.customer_id = n.customer_id AND o.place = n.place;

CREATE OR REPLACE TABLE own AS
-- a document's own line in each account and for each customer that it stands or stood with
SELECT
    m.pair, m.customer_id, m.currency, m.account,
    sum(CASE WHEN before THEN -amount WHEN past THEN amount ELSE 0 END) AS effect,
    sum(CASE WHEN before THEN amount ELSE 0 END) AS stood,
    sum(CASE WHEN told OR NOT past THEN 0 WHEN before THEN -amount ELSE amount END) AS settled,
    count(*) FILTER (before) > 0 AND count(*) FILTER (NOT before AND past) > 0 AS stays
FROM moved AS m
WHERE NOT apart
GROUP BY m.pair, m.customer_id, m.currency, m.account;

CREATE OR REPLACE TABLE untold AS
-- what an export of open items shows as settled since, and not when: nothing of it changed in the past
SELECT o.pair, o.customer_id, o.currency, o.account,
    CASE WHEN g.pair IS NOT NULL OR (d.alone AND n.alone) THEN o.effect ELSE o.settled END AS amount
FROM own AS o
INNER JOIN paired AS p ON o.pair = p.pair
LEFT JOIN gone AS g ON o.pair = g.pair
LEFT JOIN {old_documents} AS d ON p.old = d.no
LEFT JOIN {new_documents} AS n ON p.new = n.no
WHERE g.pair IS NOT NULL AND o.effect <> 0
    OR o.stays AND CASE WHEN d.alone AND n.alone THEN o.effect ELSE o.settled END * sign(d.amount) < 0;

CREATE OR REPLACE TABLE past AS
SELECT
    o.pair, o.customer_id, o.currency, o.account, CAST(NULL AS BIGINT) AS old_allocation,
    CAST(NULL AS BIGINT) AS new_allocation, CAST(o.effect - coalesce(u.amount, 0) AS DECIMAL(18, 4)) AS effect
FROM own AS o
LEFT JOIN untold AS u
    ON o.pair = u.pair AND o.customer_id = u.customer_id AND o.currency = u.currency AND o.account = u.account
WHERE o.effect <> coalesce(u.amount, 0)
UNION ALL
SELECT
    t.pair, t.customer_id, coalesce(n.currency, o.currency), t.account, t.old, t.new,
    CAST(CASE WHEN n.past THEN n.amount ELSE 0 END - coalesce(o.amount, 0) AS DECIMAL(18, 4))
FROM tied AS t
LEFT JOIN moved AS o
    ON o.before AND o.apart AND t.old = o.allocation AND t.pair = o.pair AND t.account = o.account
    AND t.customer_id = o.customer_id
LEFT JOIN moved AS n
    ON NOT n.before AND n.apart AND t.new = n.allocation AND t.pair = n.pair AND t.account = n.account
    AND t.customer_id = n.customer_id
WHERE CASE WHEN n.past THEN n.amount ELSE 0 END <> coalesce(o.amount, 0);

CREATE OR REPLACE TABLE period AS
SELECT pair, customer_id, currency, account, line, day, CAST(amount AS DECIMAL(18, 4)) AS amount, allocation, other
FROM moved WHERE NOT before AND NOT past
UNION ALL
SELECT pair, customer_id, currency, account, 'undated', NULL, CAST(amount AS DECIMAL(18, 4)), NULL, 0 FROM untold;
