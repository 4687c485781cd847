package io.unicorn.boot.autoconfigure;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.OptionalInt;

import io.unicorn.boot.warmup.WarmUpPlan;
import io.unicorn.launch.AotCache;
import io.unicorn.launch.JvmProfile;
import io.unicorn.launch.PoolSettings;
import io.unicorn.launch.RolloutSettings;
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
 * @param shutdownDelay Time for which the pool serves on after it was told to stop, while
 * its readiness is down already, so that load balancers send nothing new.
 * @param reloadOnChange Whether to roll out the application's jar file when it has
 * changed and was then left alone for two seconds.
 * @param rollout How new workers take the place of others.
 * @param warmUp Requests that a worker sends to itself before it serves.
 * @param aotCache Whether to train a cache of class data in the background, with which
 * later workers start faster.
 * @param jvmProfile JVM flags that suit several workers on one machine.
 * @param jvmArgs JVM flags for the workers, in addition to those on the command line.
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
		@DefaultValue("120s") @DurationUnit(ChronoUnit.SECONDS) Duration bootTimeout,
		@DefaultValue("0s") @DurationUnit(ChronoUnit.SECONDS) Duration shutdownDelay,
		@DefaultValue("false") boolean reloadOnChange, @DefaultValue Rollout rollout, @DefaultValue WarmUp warmUp,
		@DefaultValue("auto") AotCache aotCache, @DefaultValue("balanced") JvmProfile jvmProfile, @DefaultValue( {
		}) List<String> jvmArgs, @Nullable String pidfile, @Nullable String workDir){

	static final String AUTO = "auto";

	public UnicornProperties {
		jvmArgs = (jvmArgs != null) ? List.copyOf(jvmArgs) : List.of();
	}

	/**
	 * Return JVM flags for the workers, in addition to those on the command line.
	 */
	@Override
	public List<String> jvmArgs() {
		return (this.jvmArgs != null) ? this.jvmArgs : List.of();
	}

	/**
	 * How new workers take the place of others.
	 *
	 * @param maxSurge Number of processes that there may be beyond the number of workers
	 * while workers are replaced.
	 * @param maxUnavailable Number of workers that may be missing while workers are
	 * replaced.
	 * @param health Health group that the first new worker has to pass: "readiness" is
	 * the application's readiness, "none" asks nothing.
	 * @param observe Time for which the first new worker serves before others are
	 * replaced, and for which all of them are watched in the end.
	 * @param cpuQuota Percentage of the time for which a worker that boots while all
	 * others serve requests may run. 25 on up to three processors and 100 on more, unless
	 * set.
	 */
	public record Rollout(@DefaultValue("1") int maxSurge, @DefaultValue("0") int maxUnavailable,
			@DefaultValue("readiness") String health,
			@DefaultValue("5s") @DurationUnit(ChronoUnit.SECONDS) Duration observe, @Nullable Integer cpuQuota) {

		RolloutSettings toSettings() {
			int quota = (this.cpuQuota != null) ? this.cpuQuota
					: RolloutSettings.usualQuota(Runtime.getRuntime().availableProcessors());
			return new RolloutSettings(this.maxSurge, this.maxUnavailable, this.observe, quota);
		}

		/** Whether a worker that has booted counts as healthy. */
		boolean asksNothing() {
			return "none".equalsIgnoreCase(this.health.trim());
		}

	}

	/**
	 * Requests that a worker sends to itself before it serves.
	 *
	 * @param paths Request targets of the application that each worker asks for, with
	 * GET, before it accepts connections. Only those that change nothing belong here.
	 * @param requests Number of requests to each of the paths.
	 * @param timeout Time for all these requests together. When it is over, the worker
	 * serves as it is.
	 */
	public record WarmUp(@DefaultValue( {
		}) List<String> paths, @DefaultValue("1000") int requests,
			@DefaultValue("30s") @DurationUnit(ChronoUnit.SECONDS) Duration timeout){

		public WarmUp {
			paths = (paths != null) ? List.copyOf(paths) : List.of();
		}

		WarmUpPlan toPlan() {
			return new WarmUpPlan(this.paths, this.requests, this.timeout);
		}

	}

	/**
	 * Return what the master needs to know of these properties.
	 * @param fallbackWorkers the number of workers where {@code auto} is configured, from
	 * the environment variable {@code WEB_CONCURRENCY}, or empty
	 */
	PoolSettings toPoolSettings(OptionalInt fallbackWorkers) {
		OptionalInt configured = AUTO.equalsIgnoreCase(this.workers.trim()) ? fallbackWorkers
				: OptionalInt.of(Integer.parseInt(this.workers.trim()));
		return new PoolSettings(configured, this.workerClass, this.timeout, this.gracefulTimeout, this.bootTimeout,
				this.shutdownDelay, this.reloadOnChange, this.rollout.toSettings(), this.aotCache);
	}

}
