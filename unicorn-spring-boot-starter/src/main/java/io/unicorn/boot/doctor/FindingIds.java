package io.unicorn.boot.doctor;

import java.util.List;

/**
 * The ids of all findings. The bootstrap of a pool checks what is silenced by them, and
 * loads no rule for that.
 */
public final class FindingIds {

	/** Those of the rules, in their order. */
	public static final List<String> ALL = List.of("database-in-memory", "database-file", "database-auto-server",
			"database-journal", "database-connections", "index-file", "sessions", "session-not-serializable",
			"open-port", "embedded-ldap", "embedded-broker", "cache-put", "second-level-cache", "oauth2-authorizations",
			"oauth2-keys", "oauth2-authorized-clients", "remember-me-tokens", "rate-limiter", "circuit-breaker",
			"sockjs", "mcp", "eureka-instance", "consul-instance", "kafka-member", "kafka-transactions",
			"snowflake-ids", "runner", "shutdown-phase");

	private FindingIds() {
	}

}
