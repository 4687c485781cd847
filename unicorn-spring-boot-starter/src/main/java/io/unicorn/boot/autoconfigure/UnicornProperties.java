package io.unicorn.boot.autoconfigure;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

import io.unicorn.boot.once.InitializationMode;
import io.unicorn.boot.once.RunnersMode;
import io.unicorn.boot.scheduling.SchedulingMode;
import io.unicorn.boot.server.ProxiedConnections;
import io.unicorn.boot.server.ProxyProtocol;
import io.unicorn.boot.warmup.WarmUpPlan;
import io.unicorn.launch.settings.AotCache;
import io.unicorn.launch.settings.Hook;
import io.unicorn.launch.settings.HookSettings;
import io.unicorn.launch.settings.JvmProfile;
import io.unicorn.launch.settings.PoolSettings;
import io.unicorn.launch.settings.RolloutSettings;
import io.unicorn.launch.settings.WorkerClass;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.convert.DurationUnit;

/**
 * Configuration of the pool. Durations without a unit are seconds.
 *
 * @param enabled Whether to run as a pool of worker processes. By default a pool is used
 * if the process was started for this application, and not in tests or under a debugger.
 * @param workers Number of worker processes, from 1 to 1024, or "auto" for the number in
 * the environment variable WEB_CONCURRENCY or else one that fits the processors and the
 * memory. The default is auto.
 * @param workerClass How a worker serves requests: "gthread" serves many at a time, each
 * on a thread; "virtual" serves each on a virtual thread (JDK 21 and later); "sync"
 * serves one at a time, without keep-alive. By default virtual if
 * spring.threads.virtual.enabled is true, and otherwise gthread.
 * @param threads Number of request threads of each worker of class gthread, from 1 to
 * 100000. By default the setting of the web server applies.
 * @param workerConnections Number of connections that a worker of class virtual or
 * gthread has at a time, from 1 to 1000000. By default the setting of the web server
 * applies.
 * @param bind Addresses to listen on: "host:port", ":port" for all addresses of the
 * machine, a port alone, "[ipv6]:port", "unix:/path" for a Unix socket, or "fd://3" for a
 * listening socket that the process has as this descriptor. Without any, these are the
 * sockets that systemd passes, if it does, or else server.address and server.port. If the
 * pool cannot start, the application listens on the first host and port of the list. The
 * default is none.
 * @param backlog Number of connections that may wait at each address until a worker
 * accepts them, from 1 to 1000000; the kernel limits it to net.core.somaxconn. By default
 * server.tomcat.accept-count, if that is set, or else 2048.
 * @param reusePort Whether other processes of the same user may listen on the same ports,
 * if they ask for it too (SO_REUSEPORT). The default is false.
 * @param unix The files of Unix sockets.
 * @param listeners Addresses for servers inside the application, by name, in the forms of
 * bind; names consist of letters, digits and hyphens. By default there are none.
 * @param maxRequests Number of requests after which a worker is replaced, from 1 to
 * 1000000000000, or 0 to never replace it. The default is 0.
 * @param maxRequestsJitter Upper limit of a random number that is added to max-requests
 * for each worker, so that workers are not replaced at the same time, from 0 to
 * 1000000000000. The default is 0.
 * @param timeout Time without a heartbeat after which a worker is killed and replaced, in
 * seconds unless a unit is given, at most 365d, or 0 to never kill it. In class sync, a
 * request that takes longer counts as a hang as well. The default is 30s.
 * @param gracefulTimeout Time that a leaving worker has to finish its requests and to
 * close the application before it is killed, in seconds unless a unit is given, longer
 * than 0 and at most 365d. If it is not set and
 * spring.lifecycle.timeout-per-shutdown-phase is longer, three seconds more than that
 * hold. The default is 30s.
 * @param bootTimeout Time that a worker has to become ready before it is killed, in
 * seconds unless a unit is given, at most 365d, or 0 for no limit. The first worker of a
 * start has no limit. The default is 120s.
 * @param migrationTimeout Time that the first worker of a roll-out may take to initialize
 * a database, in addition to boot-timeout, and for which a stop waits for that, in
 * seconds unless a unit is given, at most 365d, or 0 for no limit. The default is 10m.
 * @param initialization Which workers initialize a database that all share: "first" for
 * the first worker of a start or of a roll-out, or "every". The default is first.
 * @param scheduling Which workers run scheduled tasks, those of Scheduled methods, of
 * SchedulingConfigurer beans and of Quartz with its store in memory: "leader" for one
 * worker at a time, or "all". The default is leader.
 * @param runners Which workers run the ApplicationRunner and CommandLineRunner beans in
 * the packages of the application: "first" for the first worker of a start or of a
 * roll-out, or "every". By default every worker runs them, and the doctor names them.
 * @param shutdownDelay Time for which the pool continues to serve after it was told to
 * stop, while its readiness is down so that load balancers send no new requests, in
 * seconds unless a unit is given, at most 365d. The default is 0s.
 * @param reloadOnChange Whether to roll out the application's jar file two seconds after
 * it was last changed. The default is false.
 * @param rollout How workers are replaced.
 * @param health What the health of the pool says.
 * @param dashboard The live page of the pool.
 * @param warmUp Requests that a worker sends to itself before it serves.
 * @param aotCache Whether the master trains a cache of class data in the background, with
 * which later workers start faster: "auto" if the JVM can use one, or "off". The default
 * is auto.
 * @param jvmProfile JVM flags that divide the machine among the workers: "balanced",
 * "compact" for the least memory, or "none". The default is balanced.
 * @param jvmArgs JVM flags for the workers, in addition to those on the command line,
 * which take precedence. The default is none.
 * @param pidfile File that holds the process id of the master while it runs. By default
 * no such file is written.
 * @param workDir Private directory of the pool, with mode 0700. By default it is named
 * after the user and lies in the directory of temporary files.
 * @param slowRequest Age from which on a request is logged, once, with its method, its
 * path and the stack of its thread, in seconds unless a unit is given, at most 365d, or 0
 * for none. At most one is logged in five seconds. The default is 0s.
 * @param dumpDir Directory for the thread dumps, heap dumps and error reports of workers,
 * created with mode 0700 if it does not exist. By default thread dumps go to the standard
 * output, and the JVM writes the others to its working directory.
 * @param probe How the master answers probes.
 * @param hooks Commands that the master runs.
 * @param proxyProtocol Whether each connection to the application's port begins with a
 * header of the PROXY protocol, which has the address of the client: "v1" or "v2" for
 * this version, "auto" for either, "off" for no header. The default is off.
 * @param proxyAllowIps Addresses and networks, such as 10.0.0.0/8, whose PROXY headers
 * are believed, or "*" for all; connections of others are closed. Peers at a Unix socket
 * are always believed. The default is 127.0.0.1,::1.
 * @param share What one worker does in its memory that reaches the others.
 * @param doctor What is said of an application that works in one process only.
 */
@ConfigurationProperties("unicorn")
public record UnicornProperties(@Nullable Boolean enabled, @DefaultValue("auto") String workers,
		@Nullable String workerClass, @Nullable Integer threads, @Nullable Integer workerConnections, @DefaultValue( {
		}) List<String> bind, @Nullable Integer backlog, @DefaultValue("false") boolean reusePort,
		@DefaultValue Unix unix, @DefaultValue Map<String, String> listeners, @DefaultValue("0") long maxRequests,
		@DefaultValue("0") long maxRequestsJitter,
		@DefaultValue("30s") @DurationUnit(ChronoUnit.SECONDS) Duration timeout,
		@DefaultValue("30s") @DurationUnit(ChronoUnit.SECONDS) Duration gracefulTimeout,
		@DefaultValue("120s") @DurationUnit(ChronoUnit.SECONDS) Duration bootTimeout,
		@DefaultValue("10m") @DurationUnit(ChronoUnit.SECONDS) Duration migrationTimeout,
		@DefaultValue("first") InitializationMode initialization, @DefaultValue("leader") SchedulingMode scheduling,
		@Nullable RunnersMode runners, @DefaultValue("0s") @DurationUnit(ChronoUnit.SECONDS) Duration shutdownDelay,
		@DefaultValue("false") boolean reloadOnChange, @DefaultValue Rollout rollout, @DefaultValue Health health,
		@DefaultValue Dashboard dashboard, @DefaultValue WarmUp warmUp, @DefaultValue("auto") AotCache aotCache,
		@DefaultValue("balanced") JvmProfile jvmProfile, @DefaultValue({}) List<String> jvmArgs,
		@Nullable String pidfile, @Nullable String workDir,
		@DefaultValue("0s") @DurationUnit(ChronoUnit.SECONDS) Duration slowRequest, @Nullable String dumpDir,
		@DefaultValue Probe probe, @DefaultValue Hooks hooks, @DefaultValue("off") ProxyProtocol proxyProtocol,
		@DefaultValue({ "127.0.0.1", "::1" }) List<String> proxyAllowIps, @DefaultValue Share share,
		@DefaultValue Doctor doctor){

	static final String AUTO = "auto";

	public UnicornProperties {
		bind = (bind != null) ? List.copyOf(bind) : List.of();
		listeners = (listeners != null) ? Collections.unmodifiableMap(new LinkedHashMap<>(listeners)) : Map.of();
		jvmArgs = (jvmArgs != null) ? List.copyOf(jvmArgs) : List.of();
		proxyAllowIps = (proxyAllowIps != null) ? List.copyOf(proxyAllowIps) : List.of();
	}

	/**
	 * The files of Unix sockets.
	 *
	 * @param mode Permissions of the file of each Unix socket, as an octal number from
	 * 0600 to 0777; a process that may write the file can connect. The default is 0660.
	 * @param owner User and group of the file of each Unix socket, as chown takes them:
	 * "user", "user:group" or ":group". By default they are those of the process.
	 */
	public record Unix(@DefaultValue("0660") String mode, @Nullable String owner) {

	}

	/**
	 * How workers are replaced.
	 *
	 * @param maxSurge Number of processes beyond the number of workers that may exist
	 * while workers are replaced, from 0 to 1024, and not 0 if max-unavailable is 0. The
	 * default is 1.
	 * @param maxUnavailable Number of workers that may be missing while workers are
	 * replaced, from 0 to 1024, and not 0 if max-surge is 0. The default is 0.
	 * @param health Health group that the first new worker has to pass: "readiness" for
	 * the application's readiness, the name of another group, or "none" for no check. The
	 * default is readiness.
	 * @param observe Time for which the first new worker serves before others are
	 * replaced, and for which all new workers are observed at the end, in seconds unless
	 * a unit is given, at most 365d, or 0 for no observation. New workers that answer
	 * with clearly more errors (status 500 and above) than the old ones, beyond chance,
	 * fail the roll-out. The default is 5s.
	 */
	public record Rollout(@DefaultValue("1") int maxSurge, @DefaultValue("0") int maxUnavailable,
			@DefaultValue("readiness") String health,
			@DefaultValue("5s") @DurationUnit(ChronoUnit.SECONDS) Duration observe) {

		RolloutSettings toSettings() {
			return new RolloutSettings(this.maxSurge, this.maxUnavailable, this.observe);
		}

		boolean isWithoutHealthCheck() {
			return "none".equalsIgnoreCase(this.health.trim());
		}

	}

	/**
	 * What the health of the pool says.
	 *
	 * @param minReady Number of ready workers below which the health indicator unicorn is
	 * OUT_OF_SERVICE, from 1 to 1024, or 0 for never. The default is 0.
	 */
	public record Health(@DefaultValue("0") int minReady) {

	}

	/**
	 * How the master answers probes.
	 *
	 * @param address Address on which the master answers /livez, /readyz and /metrics
	 * over HTTP: a port, which is opened on the loopback interface, or a host and a port,
	 * such as 0.0.0.0:9090. By default it answers none.
	 */
	public record Probe(@Nullable String address) {

	}

	/**
	 * What one worker does in its memory that reaches the others.
	 *
	 * @param evictions Whether what a worker evicts from a cache in its memory (simple,
	 * Caffeine, JCache) is evicted in the other workers as well. The default is true.
	 * @param stomp Whether a message to the simple STOMP broker reaches the subscribers
	 * in all workers. The default is true.
	 * @param sessions Whether all workers of a servlet application share its HTTP
	 * sessions, unless it has a store of sessions of its own. The default is true.
	 */
	public record Share(@DefaultValue("true") boolean evictions, @DefaultValue("true") boolean stomp,
			@DefaultValue("true") boolean sessions) {

	}

	/**
	 * What is said of an application that works in one process only.
	 *
	 * @param enabled Whether the first worker of a start or roll-out logs what in the
	 * application works in one process and not in several. The default is true.
	 * @param silenced Ids of findings that are not reported. The default is none.
	 */
	public record Doctor(@DefaultValue("true") boolean enabled, @DefaultValue( {
		}) List<String> silenced){

		public Doctor {
			silenced = (silenced != null) ? List.copyOf(silenced) : List.of();
		}

	}

	/**
	 * Commands that the master runs, each by "/bin/sh -c", one after another.
	 *
	 * @param onStarting Command that runs before the first worker is started, which waits
	 * for it. By default there is none.
	 * @param whenReady Command that runs when all workers of the start are ready. By
	 * default there is none.
	 * @param onReload Command that runs when new code is prepared, before its first
	 * worker is started. By default there is none.
	 * @param workerStarted Command that runs when a worker is ready. By default there is
	 * none.
	 * @param workerExited Command that runs when the process of a worker has ended. By
	 * default there is none.
	 * @param workersChanged Command that runs when the pool is to have another number of
	 * workers. By default there is none.
	 * @param onExit Command that runs when no worker is left; the master waits for it and
	 * ends. By default there is none.
	 * @param timeout Time after which a command is killed, in seconds unless a unit is
	 * given, longer than 0 and at most 365d. The default is 10s.
	 */
	public record Hooks(@Nullable String onStarting, @Nullable String whenReady, @Nullable String onReload,
			@Nullable String workerStarted, @Nullable String workerExited, @Nullable String workersChanged,
			@Nullable String onExit, @DefaultValue("10s") @DurationUnit(ChronoUnit.SECONDS) Duration timeout) {

		/** Return the settings that the master needs. */
		public HookSettings toSettings() {
			Map<Hook, String> commands = new EnumMap<>(Hook.class);
			put(Hook.ON_STARTING, this.onStarting, commands);
			put(Hook.WHEN_READY, this.whenReady, commands);
			put(Hook.ON_RELOAD, this.onReload, commands);
			put(Hook.WORKER_STARTED, this.workerStarted, commands);
			put(Hook.WORKER_EXITED, this.workerExited, commands);
			put(Hook.WORKERS_CHANGED, this.workersChanged, commands);
			put(Hook.ON_EXIT, this.onExit, commands);
			return new HookSettings(commands, this.timeout);
		}

		private static void put(Hook hook, @Nullable String command, Map<Hook, String> commands) {
			if (command != null && !command.isBlank()) {
				commands.put(hook, command);
			}
		}

	}

	/**
	 * The live page of the pool.
	 *
	 * @param enabled Whether the server that has the endpoint unicorn also has a page at
	 * /unicorn, which shows what this endpoint returns. The default is false.
	 */
	public record Dashboard(@DefaultValue("false") boolean enabled) {

	}

	/**
	 * Requests that a worker sends to itself before it serves.
	 *
	 * @param paths Paths of the application, each with or without a query, that a worker
	 * requests with GET before it accepts connections; they must not change any data. The
	 * default is none.
	 * @param requests Number of requests to each path, from 1 to 100000. The default is
	 * 1000.
	 * @param timeout Time for all of these requests together, after which the worker
	 * serves as it is, in seconds unless a unit is given, longer than 0 and at most 365d.
	 * The default is 30s.
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

	/** Return what reads the headers of proxies, or {@code null} if there are none. */
	@Nullable ProxiedConnections proxiedConnections() {
		return (this.proxyProtocol != ProxyProtocol.OFF)
				? new ProxiedConnections(this.proxyProtocol, this.proxyAllowIps) : null;
	}

	UnicornProperties withGracefulTimeout(Duration changed) {
		return with(this.workerClass, changed);
	}

	UnicornProperties withWorkerClass(WorkerClass changed) {
		return with(changed.configName(), this.gracefulTimeout);
	}

	private UnicornProperties with(@Nullable String otherClass, Duration otherTimeout) {
		return new UnicornProperties(this.enabled, this.workers, otherClass, this.threads, this.workerConnections,
				this.bind, this.backlog, this.reusePort, this.unix, this.listeners, this.maxRequests,
				this.maxRequestsJitter, this.timeout, otherTimeout, this.bootTimeout, this.migrationTimeout,
				this.initialization, this.scheduling, this.runners, this.shutdownDelay, this.reloadOnChange,
				this.rollout, this.health, this.dashboard, this.warmUp, this.aotCache, this.jvmProfile, this.jvmArgs,
				this.pidfile, this.workDir, this.slowRequest, this.dumpDir, this.probe, this.hooks, this.proxyProtocol,
				this.proxyAllowIps, this.share, this.doctor);
	}

	/**
	 * Return the settings that the master needs.
	 * @param fallbackWorkers the number in the environment variable
	 * {@code WEB_CONCURRENCY}, which applies to {@code auto}, or empty
	 */
	PoolSettings toPoolSettings(OptionalInt fallbackWorkers) {
		OptionalInt configured = AUTO.equalsIgnoreCase(this.workers.trim()) ? fallbackWorkers
				: OptionalInt.of(Integer.parseInt(this.workers.trim()));
		WorkerClass serving = (this.workerClass != null) ? WorkerClass.of(this.workerClass) : WorkerClass.GTHREAD;
		return new PoolSettings(configured, serving, this.timeout, this.gracefulTimeout, this.bootTimeout,
				this.shutdownDelay, this.reloadOnChange, this.rollout.toSettings(), this.aotCache,
				this.migrationTimeout, "");
	}

}
