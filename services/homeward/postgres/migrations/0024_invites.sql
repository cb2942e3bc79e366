-- Links by which volunteers join, and who of them nobody has accepted yet. Who waits stands in the
-- roster and is not active; the build before knows no invites, and tells nobody who is not active.
CREATE TABLE invites (
    id         text COLLATE "C" PRIMARY KEY,
    org        text COLLATE "C" NOT NULL,
    made_by    text NOT NULL,
    expires_at timestamptz NOT NULL, -- of the real clock
    uses       integer NOT NULL CHECK (uses > 0),
    used       integer NOT NULL DEFAULT 0 CHECK (used <= uses),
    revoked    boolean NOT NULL DEFAULT false
);
CREATE INDEX invites_org ON invites (org, expires_at);

-- Before the registration, so that no more register than may. Without a reference to the roster:
-- who leaves is forgotten there, and what stays here is an id of nobody.
CREATE TABLE joins (
    recipient text COLLATE "C" PRIMARY KEY,
    invite    text COLLATE "C" NOT NULL REFERENCES invites,
    joined_at timestamptz NOT NULL
);
CREATE INDEX joins_invite ON joins (invite);

-- Take one use of an invite for a recipient: joined, again or closed.
CREATE FUNCTION join_by_invite(p_invite text, p_recipient text, p_now timestamptz)
RETURNS text LANGUAGE plpgsql VOLATILE SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM FROM invites i WHERE i.id = p_invite FOR UPDATE;
    IF EXISTS (SELECT FROM joins j WHERE j.recipient = p_recipient AND j.invite = p_invite) THEN
        RETURN 'again';
    END IF;
    UPDATE invites i SET used = i.used + 1
        WHERE i.id = p_invite AND NOT i.revoked AND i.used < i.uses AND i.expires_at > p_now;
    IF NOT FOUND THEN RETURN 'closed'; END IF;
    INSERT INTO joins (recipient, invite, joined_at) VALUES (p_recipient, p_invite, p_now);
    RETURN 'joined';
END $$;

-- Make who waits for an organisation active; whether there is somebody such.
CREATE FUNCTION accept_recipient(p_recipient text, p_org text, p_tier text)
RETURNS boolean LANGUAGE plpgsql VOLATILE SET search_path FROM CURRENT AS $$
DECLARE
    v_revision bigint;
    v_ordinal bigint;
BEGIN
    SELECT h.revision + 1 INTO v_revision FROM roster_head h FOR UPDATE;
    UPDATE recipients r SET active = true, tier = p_tier, revision = v_revision
        FROM joins j JOIN invites i ON i.id = j.invite
        WHERE r.id = p_recipient AND NOT r.active AND j.recipient = r.id AND i.org = p_org
        RETURNING r.ordinal INTO v_ordinal;
    IF NOT FOUND THEN RETURN false; END IF;
    DELETE FROM joins j WHERE j.recipient = p_recipient;
    UPDATE shards s SET revision = v_revision WHERE s.shard = v_ordinal >> 26;
    UPDATE roster_head SET revision = v_revision;
    PERFORM roster_rung(v_revision);
    RETURN true;
END $$;

-- Forget who waits for an organisation; whether there is somebody such.
CREATE FUNCTION decline_recipient(p_recipient text, p_org text)
RETURNS boolean LANGUAGE plpgsql VOLATILE SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM FROM roster_head FOR UPDATE;
    PERFORM FROM recipients r JOIN joins j ON j.recipient = r.id JOIN invites i ON i.id = j.invite
        WHERE r.id = p_recipient AND NOT r.active AND i.org = p_org;
    IF NOT FOUND THEN RETURN false; END IF;
    DELETE FROM joins j WHERE j.recipient = p_recipient;
    RETURN remove_recipient(p_recipient);
END $$;
