package io.unicorn.boot.autoconfigure;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.OptionalInt;

import io.unicorn.launch.PoolSettings;
import io.unicorn.launch.WorkerClass;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.convert.DurationUnit;

/**
 * Configuration of the pool. Durations without a unit are seconds.
 *
 * @param enabled Whether to run as a pool of worker processes. By default a pool is used
 * where the application is started by itself, and not in tests or under a debugger.
 * @param workers Number of worker processes, at least 1, or "auto" for a number that fits
 * the processors and the memory.
 * @param workerClass How a worker serves requests: one at a time, or many with a thread
 * each.
 * @param threads Number of request threads of each worker of class gthread. By default
 * the setting of the web server applies.
 * @param maxRequests Number of requests after which a worker is replaced by a fresh one,
 * 0 for never.
 * @param maxRequestsJitter Upper limit of a random number that is added to max-requests
 * for each worker, so that workers are not replaced at the same time.
 * @param timeout Time after which a worker that gives no sign of life is killed and
 * replaced, 0 for never.
 * @param gracefulTimeout Time that a worker has for finishing its requests when it is
 * stopped or replaced.
 * @param bootTimeout Time that a worker has for becoming ready, 0 for no limit.
 * @param pidfile File that holds the process id of the master while it runs.
 * @param workDir Private directory for what the pool needs beside the application. By
 * default a directory of the user's own among the temporary files.
 */
@ConfigurationProperties("unicorn")
public record UnicornProperties(@Nullable Boolean enabled, @DefaultValue("auto") String workers,
		@DefaultValue("gthread") WorkerClass workerClass, @Nullable Integer threads,
		@DefaultValue("0") long maxRequests, @DefaultValue("0") long maxRequestsJitter,
		@DefaultValue("30s") @DurationUnit(ChronoUnit.SECONDS) Duration timeout,
		@DefaultValue("30s") @DurationUnit(ChronoUnit.SECONDS) Duration gracefulTimeout,
		@DefaultValue("120s") @DurationUnit(ChronoUnit.SECONDS) Duration bootTimeout, @Nullable String pidfile,
		@Nullable String workDir) {

	static final String AUTO = "auto";

	/**
	 * Return what the master needs to know of these properties.
	 * @param fallbackWorkers the number of workers where {@code auto} is configured, from
	 * the environment variable {@code WEB_CONCURRENCY}, or empty
	 */
	PoolSettings toPoolSettings(OptionalInt fallbackWorkers) {
		OptionalInt configured = AUTO.equalsIgnoreCase(this.workers.trim()) ? fallbackWorkers
				: OptionalInt.of(Integer.parseInt(this.workers.trim()));
		return new PoolSettings(configured, this.workerClass, this.timeout, this.gracefulTimeout, this.bootTimeout);
	}

}
