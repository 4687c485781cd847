package io.unicorn.boot.bootstrap;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

import io.unicorn.cli.CommandLine;
import io.unicorn.launch.Forecast;
import io.unicorn.launch.GenerationStore;
import io.unicorn.launch.JavaCommandLine;
import io.unicorn.launch.LaunchPlan;
import io.unicorn.launch.ListenAddress;
import io.unicorn.launch.MasterCommand;
import io.unicorn.launch.WorkDir;
import io.unicorn.launch.WorkerCommand;
import io.unicorn.posix.Command;
import io.unicorn.posix.Listener;
import io.unicorn.posix.Posix;
import io.unicorn.posix.PosixException;
import org.jspecify.annotations.Nullable;

/**
 * Starts the first worker before this process reads its configuration, if the last start
 * of the application lets one foresee what will come of that. The worker waits before it
 * does anything that matters, and its sockets are bound to nothing yet.
 *
 * <p>
 * It is asked what it finds in its environment. If that is what the last start was based
 * on, this process need not find out the same, and becomes the master at once. Otherwise
 * it goes on beside the worker. If the plan turns out to be another one then, or if there
 * is to be no pool, the worker is killed and nothing has happened.
 */
final class HeadStart {

	/** Set in the process that has had one: others that run in it need none. */
	private static final String BEGUN = "io.unicorn.head-start";

	private static final String WORK_DIR = "unicorn.work-dir";

	private static final String WORK_DIR_VARIABLE = "UNICORN_WORK_DIR";

	/** An application that was created may never be run. */
	private static final long PATIENCE_SECONDS = 60;

	/**
	 * It takes a worker about as long to tell what it finds as it would take this process
	 * to find it.
	 */
	private static final Duration ANSWER = Duration.ofSeconds(10);

	/** What was started. */
	private record Started(Posix posix, WorkDir workDir, Forecast.Expectation expectation, EarlyWorker worker,
			Map<String, Integer> sockets) {

		Map<String, Listener> listen(List<ListenAddress> addresses) throws PosixException {
			Map<String, Listener> listeners = new LinkedHashMap<>();
			for (ListenAddress address : addresses) {
				Integer socket = Objects.requireNonNull(this.sockets.get(address.name()));
				listeners.put(address.name(),
						this.posix.listen(socket, address.inetAddress(), address.port(), address.backlog()));
			}
			return listeners;
		}

		void end() {
			this.worker.end();
			this.sockets.values().forEach(this.posix::close);
			forget();
		}

		/** What was wrong now would be wrong the next time. */
		void forget() {
			new Forecast(this.workDir).forget(plan().command());
		}

		LaunchPlan plan() {
			return this.expectation.plan();
		}

		/** What the last start was based on, if that can hold for this one. */
		Forecast.@Nullable Grounds grounds() throws IOException {
			Forecast.Grounds grounds = this.expectation.firmGrounds().orElse(null);
			if (grounds == null) {
				return null;
			}
			String surroundings = Surroundings.digest(plan(), LaunchSite.ownFlags(),
					Surroundings.isTerminal(this.posix));
			return grounds.surroundings().equals(surroundings) ? grounds : null;
		}

	}

	/**
	 * What came of it.
	 *
	 * @param worker the first worker
	 * @param listeners its listeners by name
	 */
	record Ready(EarlyWorker worker, Map<String, Listener> listeners) {

	}

	private final FutureTask<Optional<Started>> attempt = new FutureTask<>(this::attempt);

	/** Falls when this process has to read its configuration itself. */
	private final CountDownLatch settled = new CountDownLatch(1);

	private final CountDownLatch over = new CountDownLatch(1);

	/** Whether the worker was asked, and what it has answered. */
	private volatile boolean asked;

	private volatile @Nullable String answer;

	private HeadStart() {
	}

	/**
	 * Begin on another thread, or do nothing if this is not the time and place. Waits as
	 * long as this process may become the master at once, and does not return if it does.
	 */
	static @Nullable HeadStart begin() {
		if (!Thread.currentThread().getName().equals("main") || WorkerProcess.isOne()
				|| System.getProperty(WorkerCommand.PREPARE_PROPERTY) != null || System.getProperty(BEGUN) != null
				|| CommandLine.MODE.equalsIgnoreCase(System.getProperty("jarmode"))
				|| !System.getProperty("os.name", "").equals("Linux")
				|| !"SUN_STANDARD".equals(System.getProperty("sun.java.launcher"))) {
			return null;
		}
		System.setProperty(BEGUN, "true");
		HeadStart headStart = new HeadStart();
		Thread thread = new Thread(headStart::run, "unicorn-head-start");
		thread.setDaemon(true);
		thread.start();
		try {
			headStart.settled.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		return headStart;
	}

	private void run() {
		try {
			this.attempt.run();
			result().ifPresent(this::leap);
		}
		finally {
			this.settled.countDown();
		}
		try {
			if (!this.over.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
				end();
			}
		}
		catch (InterruptedException ex) {
			// Nobody does that.
		}
	}

	private Optional<Started> attempt() throws Exception {
		JavaCommandLine command = JavaCommandLine.parse(Command.ownArguments());
		Path directory = workDir(command);
		String jar = command.jar();
		if (jar == null || !Files.isDirectory(directory)) {
			return Optional.empty();
		}
		WorkDir workDir = WorkDir.open(directory);
		List<String> variables = Command.ownEnvironment().stream().filter(MasterCommand::isForJvm).toList();
		String java = Command.bytes(Path.of(System.getProperty("java.home"), "bin", "java"));
		Optional<Forecast.Expectation> expectation = new GenerationStore(workDir).known(Path.of(Command.text(jar)))
			.flatMap((generation) -> new Forecast(workDir).read(command, variables, java, generation));
		if (expectation.isEmpty()) {
			return Optional.empty();
		}
		if (expectation.get().firmGrounds().isEmpty()) {
			this.settled.countDown();
		}
		String nativeDirectory = expectation.get().plan().master().nativeDirectory();
		Posix posix = NativeCalls.load((nativeDirectory != null) ? Path.of(Command.text(nativeDirectory)) : null);
		return Optional.of(start(posix, workDir, expectation.get()));
	}

	private static Started start(Posix posix, WorkDir workDir, Forecast.Expectation expectation) throws PosixException {
		LaunchPlan plan = expectation.plan();
		Map<String, Integer> sockets = new LinkedHashMap<>();
		try {
			for (ListenAddress address : plan.addresses()) {
				sockets.put(address.name(), posix.socket(address.inetAddress()));
			}
			return new Started(posix, workDir, expectation,
					EarlyWorker.start(posix, plan, new ArrayList<>(sockets.values())), sockets);
		}
		catch (PosixException | RuntimeException ex) {
			sockets.values().forEach(posix::close);
			throw ex;
		}
	}

	/**
	 * Become the master, if the worker finds what the last start has found. Whatever goes
	 * wrong is explained when it goes wrong in earnest.
	 */
	private synchronized void leap(Started started) {
		try {
			Forecast.Grounds grounds = started.grounds();
			if (grounds != null) {
				leap(started, grounds);
			}
		}
		catch (IOException ex) {
			end();
		}
		catch (MasterNotStartedException ex) {
			// Nothing is left of the worker and the sockets.
			started.forget();
		}
	}

	private void leap(Started started, Forecast.Grounds grounds) throws IOException {
		Posix posix = started.posix();
		// If all goes well, nothing that it compiles now will ever run.
		posix.compileWhenIdle(posix.pid());
		try {
			this.asked = true;
			this.answer = started.worker().configuration(ANSWER);
			if (!grounds.configuration().equals(this.answer)) {
				return;
			}
			Map<String, Listener> listeners = started.listen(started.plan().addresses());
			this.over.countDown();
			new Succession(started.workDir(), started.plan(), posix).begin(listeners, started.worker(), grounds);
		}
		finally {
			posix.compileAsUsual(posix.pid());
		}
	}

	/**
	 * Whether the first worker has found the same in its environment as this process. One
	 * that was not asked has; one that found something else before has not.
	 * @param digest of what this process has found
	 */
	boolean agreesWith(String digest) {
		boolean shaken = result().map((started) -> started.expectation().grounds())
			.filter(Forecast.Grounds::isShaken)
			.isPresent();
		return !shaken && (!this.asked || digest.equals(this.answer));
	}

	/**
	 * The configuration may say something else; then it is somebody else's directory that
	 * is looked into, and its forecast turns out to be wrong.
	 */
	private static Path workDir(JavaCommandLine command) {
		String argument = "--" + WORK_DIR + "=";
		for (String candidate : command.main()) {
			if (candidate.startsWith(argument)) {
				return Path.of(Command.text(candidate.substring(argument.length())));
			}
		}
		String configured = System.getProperty(WORK_DIR, System.getenv(WORK_DIR_VARIABLE));
		return (configured != null) ? Path.of(configured) : WorkDir.defaultPath();
	}

	private Optional<Started> result() {
		try {
			return this.attempt.get();
		}
		catch (ExecutionException ex) {
			// What is wrong is reported when it is done in earnest.
			return Optional.empty();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return Optional.empty();
		}
	}

	/**
	 * Return what can call the operating system, if it is loaded already.
	 */
	@Nullable Posix posix() {
		return result().map(Started::posix).orElse(null);
	}

	/**
	 * Return the worker with its sockets, which listen now, if it is one of this plan and
	 * they can. It is killed otherwise; what is wrong with an address shows when it is
	 * opened by other sockets.
	 */
	synchronized @Nullable Ready take(LaunchPlan plan) {
		Started started = this.over.getCount() > 0 ? result().orElse(null) : null;
		if (started == null) {
			return null;
		}
		if (started.worker().suits(plan)) {
			try {
				Map<String, Listener> listeners = started.listen(plan.addresses());
				this.over.countDown();
				return new Ready(started.worker(), listeners);
			}
			catch (PosixException ex) {
				// See above.
			}
		}
		end();
		return null;
	}

	/**
	 * Kill the worker, if there is one that was not taken.
	 */
	synchronized void end() {
		if (this.over.getCount() > 0) {
			this.over.countDown();
			result().ifPresent(Started::end);
		}
	}

}
