CREATE TABLE origins (
    origin TEXT NOT NULL, -- as browsers write it: https://shop.example, without a slash
    tenant TEXT NOT NULL,
    PRIMARY KEY (origin, tenant)
) STRICT, WITHOUT ROWID;

INSERT INTO origins VALUES
    ('https://shop.acme.example', 'acme'),
    ('https://acme.example', 'acme'),
    ('https://globex.example', 'globex');
