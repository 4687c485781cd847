package io.unicorn.boot.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * All rules, in the order in which their findings are reported: what loses data or keeps
 * workers from booting first.
 */
final class Rules {

	private static final Log logger = LogFactory.getLog(Doctor.class);

	static final List<Rule> ALL = List.of(new Rule("database-in-memory", DatabaseRules::inMemory),
			new Rule("database-file", DatabaseRules::file), new Rule("database-auto-server", DatabaseRules::autoServer),
			new Rule("database-journal", DatabaseRules::sqlite),
			new Rule("database-connections", DatabaseRules::connections), new Rule("index-file", ServerRules::index),
			new Rule("sessions", SessionRules::inMemory),
			new Rule("session-not-serializable", SessionRules::notSerializable),
			new Rule("open-port", ServerRules::openPorts), new Rule("embedded-ldap", ServerRules::ldap),
			new Rule("embedded-broker", ServerRules::broker), new Rule("cache-put", CacheRules::put),
			new Rule("second-level-cache", CacheRules::secondLevel),
			new Rule("oauth2-authorizations", InMemoryRules::authorizations),
			new Rule("oauth2-keys", InMemoryRules::generatedKeys),
			new Rule("oauth2-authorized-clients", InMemoryRules::authorizedClients),
			new Rule("remember-me-tokens", InMemoryRules::rememberMe),
			new Rule("rate-limiter", InMemoryRules::rateLimiters),
			new Rule("circuit-breaker", InMemoryRules::circuitBreakers), new Rule("sockjs", TransportRules::sockJs),
			new Rule("mcp", TransportRules::mcp), new Rule("eureka-instance", IdentityRules::eureka),
			new Rule("consul-instance", IdentityRules::consul), new Rule("kafka-member", IdentityRules::kafkaMember),
			new Rule("kafka-transactions", IdentityRules::kafkaTransactions),
			new Rule("snowflake-ids", IdentityRules::snowflake), new Rule("runner", LifecycleRules::runners),
			new Rule("shutdown-phase", LifecycleRules::shutdownPhase));

	/** What breaks one worker beside its successor. */
	private static final Set<String> EXCLUSIVE = Set.of("database-file", "index-file", "open-port", "embedded-ldap",
			"kafka-member", "kafka-transactions", "shutdown-phase");

	private Rules() {
	}

	/** Apply all rules but the silenced ones. One that fails finds nothing. */
	static List<Finding> findings(Inspection inspection, Set<String> silenced) {
		List<Finding> findings = new ArrayList<>();
		boolean alone = inspection.workers() == 1;
		if (alone && "0".equals(inspection.property("unicorn.rollout.max-surge"))) {
			return findings;
		}
		for (Rule rule : ALL) {
			if (!silenced.contains(rule.id()) && (!alone || EXCLUSIVE.contains(rule.id()))) {
				try {
					findings.addAll(rule.findings(inspection));
				}
				catch (RuntimeException | LinkageError ex) {
					logger.warn("[" + rule.id() + "] could not be examined: " + ex);
				}
			}
		}
		return List.copyOf(findings);
	}

}
