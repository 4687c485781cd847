package io.unicorn.boot.doctor;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.springframework.boot.convert.DurationStyle;

/**
 * What workers do when they start and when they leave.
 */
final class LifecycleRules {

	private static final String PHASE = "spring.lifecycle.timeout-per-shutdown-phase";

	private static final String GRACEFUL = "unicorn.graceful-timeout";

	/** What leads to data that workers share. */
	private static final String[] SHARED = { "javax.sql.DataSource", "io.r2dbc.spi.ConnectionFactory",
			"jakarta.persistence.EntityManagerFactory", "org.springframework.data.mongodb.MongoDatabaseFactory",
			"org.springframework.data.redis.connection.RedisConnectionFactory",
			"org.springframework.kafka.core.ProducerFactory", "jakarta.jms.ConnectionFactory",
			"org.springframework.amqp.rabbit.connection.ConnectionFactory" };

	private static final String POOL_WORKER = "io.unicorn.boot.PoolWorker";

	private static final String ONCE_PER_POOL = "io.unicorn.boot.OncePerPool";

	private LifecycleRules() {
	}

	/**
	 * Those that get hold of shared data, at whatever distance. One that has asked for
	 * {@code PoolWorker} knows of the others.
	 */
	static Stream<Symptom> runners(Inspection inspection) {
		if (inspection.property("unicorn.runners") != null) {
			return Stream.empty();
		}
		return Stream.of("org.springframework.boot.ApplicationRunner", "org.springframework.boot.CommandLineRunner")
			.flatMap((type) -> inspection.names(type).stream())
			.distinct()
			.filter((name) -> inspection.isOwn(name) && inspection.uses(name, SHARED)
					&& !inspection.uses(name, POOL_WORKER) && !inspection.isAnnotated(name, ONCE_PER_POOL))
			.map((name) -> new Symptom("bean " + name,
					"it has access to data that workers share, and runs at the start of every worker, also of one that "
							+ "replaces another while the others serve",
					"Annotate it with @OncePerPool if it does something for all workers, or say which workers run "
							+ "runners: unicorn.runners=first or every"));
	}

	/** Without graceful-timeout, the pool has adapted itself. */
	static Stream<Symptom> shutdownPhase(Inspection inspection) {
		Map<String, Duration> times = Stream.of(PHASE, GRACEFUL)
			.filter((name) -> inspection.property(name) != null)
			.collect(Collectors.toMap((name) -> name, (name) -> time(inspection, name)));
		return (times.size() == 2
				&& times.getOrDefault(PHASE, Duration.ZERO).compareTo(times.getOrDefault(GRACEFUL, Duration.ZERO)) > 0)
						? Stream.of(new Symptom(PHASE,
								"a worker is killed after " + GRACEFUL + ", before this time is over",
								"Set " + GRACEFUL + " to more than " + inspection.property(PHASE)))
						: Stream.empty();
	}

	private static Duration time(Inspection inspection, String name) {
		String text = String.valueOf(inspection.property(name));
		ChronoUnit unit = name.equals(GRACEFUL) ? ChronoUnit.SECONDS : ChronoUnit.MILLIS;
		return DurationStyle.detectAndParse(text, unit);
	}

}
