package io.unicorn.master;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.unicorn.ipc.FrameDecoder;
import io.unicorn.ipc.Message;
import io.unicorn.ipc.MessageCodec;
import io.unicorn.ipc.PoolSnapshot;
import io.unicorn.launch.plan.JavaCommandLine;
import io.unicorn.launch.plan.LaunchPlan;
import io.unicorn.launch.plan.LaunchPlanFile;
import io.unicorn.launch.plan.ListenAddress;
import io.unicorn.launch.plan.MasterCommand;
import io.unicorn.launch.plan.MasterLog;
import io.unicorn.launch.plan.WorkerCommand;
import io.unicorn.launch.settings.AotCache;
import io.unicorn.launch.settings.PoolSettings;
import io.unicorn.launch.settings.RolloutSettings;
import io.unicorn.launch.settings.WorkerClass;
import io.unicorn.posix.Command;
import io.unicorn.posix.PosixException;
import io.unicorn.posix.ScriptedPosix;
import io.unicorn.posix.ScriptedPosix.Sent;
import io.unicorn.posix.ScriptedPosix.Spawned;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The whole master on a scripted operating system: which calls it makes when its workers
 * start, speak and end, and when it gets signals.
 */
@Tag("one-jdk")
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class MasterTests {

	private static final String JAVA = System.getProperty("java.home") + "/bin/java";

	private static final int HTTP = 31;

	private static final int ADMIN = 32;

	private static final int KILL = 9;

	private static final int HUP = 1;

	private static final int USR2 = 12;

	private static final int TERM = 15;

	private static final int TTIN = 21;

	private static final int TTOU = 22;

	private final ScriptedPosix posix = new ScriptedPosix();

	private final BlockingQueue<Integer> exitCodes = new LinkedBlockingQueue<>();

	@TempDir
	private Path workDir = Path.of("");

	private Path log = Path.of("");

	private Thread thread = new Thread();

	/** Process ids of workers that have become ready, and of those that have ended. */
	private final Set<Integer> ready = new HashSet<>();

	private final Set<Integer> ended = new HashSet<>();

	@BeforeEach
	void start() throws IOException {
		this.log = this.workDir.resolve("master.log");
		Master master = Master.starting(this.posix, plan(Map.of("http", HTTP), http(8080)), this.exitCodes::add);
		this.thread = new Thread(() -> run(master), "master");
		this.thread.start();
		await().until(() -> spawned().size() == 1);
	}

	private static void run(Master master) {
		try {
			master.start();
		}
		catch (InterruptedException ex) {
			// The test has ended.
		}
	}

	@AfterEach
	void end() throws InterruptedException {
		this.thread.interrupt();
		this.thread.join();
	}

	private LaunchPlan plan(Map<String, Integer> descriptors, ListenAddress... addresses) {
		PoolSettings settings = new PoolSettings(OptionalInt.of(2), WorkerClass.GTHREAD, Duration.ofMinutes(5),
				Duration.ofSeconds(30), Duration.ofMinutes(5), Duration.ZERO, false,
				new RolloutSettings(1, 0, Duration.ZERO), AotCache.OFF);
		return new LaunchPlan("shop", settings, 2, new LaunchPlan.Bindings(List.of(addresses), descriptors),
				new LaunchPlan.Workers(JAVA, new JavaCommandLine("java", List.of(), List.of("-jar", "app.jar")), null,
						List.of(), List.of(), List.of()),
				new LaunchPlan.Master(Command.bytes(this.workDir), List.of(), null, List.of(),
						MasterLog.text(this.log.toString()), Map.of()),
				List.of());
	}

	private static ListenAddress http(int port) {
		return new ListenAddress("http", "127.0.0.1", port, 10);
	}

	/** What a test awaits here takes a millisecond, and some tests await ten things. */
	private static ConditionFactory await() {
		return Awaitility.await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(5));
	}

	private List<Spawned> spawned() {
		return this.posix.spawned();
	}

	private Spawned awaitSpawn(int number) {
		await().until(() -> spawned().size() >= number);
		return spawned().get(number - 1);
	}

	private void say(Spawned worker, Message message) {
		this.posix.socketOf(worker).receive(MessageCodec.encode(message));
	}

	private void becomeReady(Spawned worker) {
		await().until(() -> this.posix.socketOf(worker).isPolled());
		say(worker, new Message.Started());
		say(worker, new Message.MainMethod(""));
		say(worker, new Message.Ready());
	}

	/** Let two workers become ready. */
	private List<Spawned> pool() {
		Spawned first = awaitSpawn(1);
		becomeReady(first);
		Spawned second = awaitSpawn(2);
		becomeReady(second);
		awaitLog("pool is complete");
		return List.of(first, second);
	}

	private List<Message.FromMaster> told(Spawned worker) throws IOException {
		List<Message.FromMaster> messages = new ArrayList<>();
		new FrameDecoder<>(Message.FromMaster.class).feed(ByteBuffer.wrap(this.posix.socketOf(worker).written()),
				messages::add);
		return messages;
	}

	private void awaitLog(String text) {
		await().untilAsserted(() -> assertThat(this.log).content().contains(text));
	}

	private Path preparedFile(Spawned preparation) {
		String flag = "-D" + WorkerCommand.PREPARE_PROPERTY + "=";
		return preparation.command()
			.arguments()
			.stream()
			.filter((argument) -> argument.startsWith(flag))
			.map((argument) -> Path.of(Command.text(argument.substring(flag.length()))))
			.findFirst()
			.orElseThrow();
	}

	@Test
	void aWorkerInheritsItsControlConnectionAndTheListeners() throws IOException {
		Spawned worker = awaitSpawn(1);
		assertThat(worker.command().executable()).isEqualTo(JAVA);
		assertThat(worker.descriptors()).hasSize(2).element(1).isEqualTo(HTTP);
		await().until(() -> !told(worker).isEmpty());
		assertThat(told(worker)).first()
			.isInstanceOfSatisfying(Message.Welcome.class, (welcome) -> assertThat(welcome.index()).isZero());
	}

	@Test
	void theSecondWorkerFollowsWhenTheFirstIsReady() {
		assertThat(spawned()).hasSize(1);
		becomeReady(awaitSpawn(1));
		awaitSpawn(2);
		awaitLog("ready in");
	}

	@Test
	void aWorkerThatIsKilledIsRespawned() {
		List<Spawned> workers = pool();
		this.posix.exit(workers.get(1).pid(), -1, KILL);
		Spawned successor = awaitSpawn(3);
		assertThat(successor.descriptors()).element(1).isEqualTo(HTTP);
		assertThat(this.log).content().contains("killed by signal 9 (SIGKILL)");
	}

	@Test
	void aWorkerWhoseFrameIsMalformedLosesItsConnection() {
		Spawned worker = pool().get(1);
		this.posix.socketOf(worker).receive(ByteBuffer.wrap(new byte[] { -1, -1, -1, -1, 0 }));
		awaitLog("it sent a malformed frame");
		assertThat(this.posix.socketOf(worker).closed()).isPositive();
		await().until(() -> this.posix.sent().contains(new Sent(worker.pid(), TERM)));
	}

	@Test
	void aWorkerThatDoesNotReadItsAnswersLosesSomeOfThemAndNothingElse() throws IOException {
		Spawned worker = pool().get(1);
		this.posix.socketOf(worker).room(0);
		for (int i = 0; i < 20_000; i++) {
			say(worker, new Message.PoolQuery(i));
		}
		this.posix.signal(TTIN);
		awaitSpawn(3);
		this.posix.socketOf(worker).read(Integer.MAX_VALUE);
		awaitLog("has read its answers too slowly");
		assertThat(this.posix.socketOf(worker).closed()).isZero();
		int before = told(worker).size();
		say(worker, new Message.PoolQuery(-1));
		await().until(() -> told(worker).size() > before);
	}

	@Test
	void aWorkerWhoseConnectionIsGivenUpHasACause() {
		Spawned worker = pool().get(0);
		this.posix.socketOf(worker).fail(105, "No buffer space available");
		say(worker, new Message.PoolQuery(1));
		awaitLog("its control connection is closed, write: No buffer space available");
	}

	/**
	 * Whatever a call throws: the pool is complete again afterwards, and the master stops
	 * when it is told to.
	 */
	@ParameterizedTest
	@MethodSource
	void nothingThatACallThrowsEndsTheMaster(String method, Throwable failure) throws Exception {
		pool();
		this.posix.fail(method, failure);
		this.posix.exit(spawned().get(1).pid(), -1, KILL);
		becomeReadyAll(2);
		this.posix.signal(TTIN);
		becomeReadyAll(3);
		this.posix.signal(TTOU);
		this.posix.signal(TERM);
		exitWhenTold();
		assertThat(this.exitCodes.take()).isZero();
	}

	static Stream<Arguments> nothingThatACallThrowsEndsTheMaster() {
		List<Throwable> failures = List.of(new OutOfMemoryError("unable to create native thread"),
				new StackOverflowError(), new NoClassDefFoundError("io/unicorn/Gone"), new IllegalStateException("bug"),
				new PosixException("call", 11, "Resource temporarily unavailable"));
		return Stream
			.of("controlPair", "spawn", "kill", "background", "foreground", "scheduleIdle", "scheduleNormally",
					"awaitExit", "refuseNew", "waiting", "handshakes")
			.flatMap((method) -> failures.stream().map((failure) -> Arguments.of(method, failure)));
	}

	/**
	 * Let workers become ready until so many live, and those end whose channel is lost.
	 */
	private void becomeReadyAll(int count) {
		await().until(() -> {
			List<Spawned> living = spawned().stream().filter((child) -> !this.ended.contains(child.pid())).toList();
			living.stream().filter((child) -> isEnded(child)).forEach(this::end);
			living.stream().filter((child) -> !isEnded(child)).forEach(this::becomeReadyOnce);
			return living.stream().filter((child) -> this.ready.contains(child.pid())).count() >= count;
		});
	}

	private boolean isEnded(Spawned child) {
		return child.pid() == spawned().get(1).pid() || this.posix.socketOf(child).closed() > 0
				|| this.posix.sent().contains(new Sent(child.pid(), KILL));
	}

	private void end(Spawned child) {
		if (this.ended.add(child.pid())) {
			this.posix.exit(child.pid(), 0, 0);
		}
	}

	private void becomeReadyOnce(Spawned child) {
		if (this.posix.socketOf(child).isPolled() && this.ready.add(child.pid())) {
			becomeReady(child);
		}
	}

	/** Let each worker that is told to leave do so. */
	private void exitWhenTold() {
		await().until(() -> {
			for (Spawned child : spawned()) {
				boolean told = told(child).stream()
					.anyMatch((message) -> message instanceof Message.Drain || message instanceof Message.Stop);
				if (told || isEnded(child) || this.posix.sent().contains(new Sent(child.pid(), TERM))) {
					end(child);
				}
			}
			return !this.exitCodes.isEmpty();
		});
	}

	/** Let one more worker be wanted, whose first start throws. */
	private void addWorkerWithAnError() {
		int before = spawned().size();
		this.posix.fail("spawn", new OutOfMemoryError("Java heap space"));
		this.posix.signal(TTIN);
		becomeReady(awaitSpawn(before + 1));
	}

	@Test
	void manyErrorsLetTheMasterBeExecutedAgainWithItsWorkers() {
		List<Spawned> workers = pool();
		for (int i = 0; i < FaultLimit.MOST; i++) {
			addWorkerWithAnError();
		}
		awaitLog("too many faults within a minute: the master is executed again in its process");
		await().until(() -> this.posix.executed() != null);
		assertThat(this.posix.executed().command().arguments()).contains(MasterCommand.RESUME);
		assertThat(this.posix.executed().inherited()).contains(this.posix.socketOf(workers.get(0)).fd());
	}

	@Test
	void aMasterThatCannotBeExecutedAgainGoesOn() {
		pool();
		this.posix.fail("exec", 2, "No such file or directory");
		for (int i = 0; i < FaultLimit.MOST; i++) {
			addWorkerWithAnError();
		}
		awaitLog("the master could not be executed again: ");
		int before = spawned().size();
		this.posix.exit(spawned().get(before - 1).pid(), -1, KILL);
		awaitSpawn(before + 1);
	}

	@Test
	void aWorkerThatFloodsTheMasterIsHeldBackAndItsMessagesDoNotPileUp() {
		Spawned worker = pool().get(1);
		int sent = 0;
		while (this.posix.socketOf(worker).pauseMillis() == 0 && sent < 1_000_000) {
			say(worker, new Message.PoolQuery(sent++));
		}
		assertThat(sent).isLessThan(500);
	}

	@Test
	void aMessageAboveTheLimitOfItsTypeEndsTheWorker() {
		Spawned worker = pool().get(1);
		this.posix.socketOf(worker).receive(ByteBuffer.allocate(5).putInt(600_000).put((byte) 8).flip());
		awaitLog("is told to leave and its control connection is closed, it sent a malformed frame: a frame of type 8 "
				+ "must not be above 262144 bytes but has 600000");
		await().until(() -> this.posix.sent().contains(new Sent(worker.pid(), TERM)));
		awaitSpawn(3);
	}

	@Test
	void aWorkerThatAsksForTheDocumentGetsWhatTheKernelKnows() throws IOException {
		Spawned worker = pool().get(1);
		this.posix.letWait(3);
		say(worker, new Message.PoolQuery(5));
		say(worker, new Message.PoolQuery(6, false));
		await().until(() -> pools(worker).size() == 2);
		PoolSnapshot document = pools(worker).get(0);
		assertThat(document.listeners()).singleElement()
			.satisfies((listener) -> assertThat(listener.waiting()).isEqualTo(3));
		assertThat(document.master().jdk()).isEqualTo(Runtime.version().toString());
		assertThat(document.workers()).hasSize(2);
		assertThat(pools(worker).get(1)).isEqualTo(document.summary());
	}

	private List<PoolSnapshot> pools(Spawned worker) throws IOException {
		return told(worker).stream()
			.flatMap((message) -> (message instanceof Message.PoolReply reply) ? Stream.of(reply.pool()) : Stream.of())
			.toList();
	}

	@Test
	void aWorkerMayNotStartARollOut() throws IOException {
		Spawned worker = pool().get(1);
		say(worker, new Message.RolloutRequest(5, "an attacker"));
		awaitLog("may not steer the pool, its request is refused");
		await().until(() -> told(worker).contains(new Message.RolloutReply(5, 0)));
		assertThat(spawned()).hasSize(2);
	}

	@Test
	void aSpawnThatFailsIsTriedAgain() {
		List<Spawned> workers = pool();
		this.posix.fail("spawn", 11, "Resource temporarily unavailable");
		this.posix.exit(workers.get(1).pid(), 1, 0);
		awaitLog("could not be started: spawn: Resource temporarily unavailable");
		awaitSpawn(3);
		assertThat(this.exitCodes).isEmpty();
	}

	@Test
	void aFirstWorkerThatDoesNotBootEndsTheMasterWithItsExitCode() throws InterruptedException {
		this.posix.exit(awaitSpawn(1).pid(), 9, 0);
		assertThat(this.exitCodes.take()).isEqualTo(9);
	}

	@Test
	void aFirstWorkerThatIsKilledInItsBootEndsTheMasterWith3() throws InterruptedException {
		this.posix.exit(awaitSpawn(1).pid(), -1, KILL);
		assertThat(this.exitCodes.take()).isEqualTo(3);
	}

	@Test
	void termTakesWhatWaitsAndDrainsAllWorkers() throws Exception {
		List<Spawned> workers = pool();
		this.posix.letWait(1);
		this.posix.signal(TERM);
		await().until(() -> this.posix.isRefusing(HTTP));
		this.posix.letWait(0);
		for (Spawned worker : workers) {
			await().until(() -> told(worker).stream().anyMatch(Message.Drain.class::isInstance));
			this.posix.exit(worker.pid(), 0, 0);
		}
		assertThat(this.exitCodes.take()).isZero();
		assertThat(this.posix.listeners()).isEmpty();
	}

	@Test
	void aStopWithoutAFilterOfTheKernelGoesOn() throws Exception {
		List<Spawned> workers = pool();
		this.posix.fail("refuseNew", 1, "Operation not permitted");
		this.posix.signal(TERM);
		awaitLog("cannot block new connections, which begin while the last ones drain");
		for (Spawned worker : workers) {
			await().until(() -> told(worker).stream().anyMatch(Message.Drain.class::isInstance));
			this.posix.exit(worker.pid(), 0, 0);
		}
		assertThat(this.exitCodes.take()).isZero();
	}

	@Test
	void aRollOutOpensANewAddressAndPassesItOn() throws IOException {
		pool();
		this.posix.signal(HUP);
		Spawned preparation = awaitSpawn(3);
		assertThat(this.posix.isInBackground(preparation.pid())).isTrue();
		LaunchPlanFile.write(plan(Map.of(), http(8080), new ListenAddress("admin", "127.0.0.1", ADMIN, 10)),
				preparedFile(preparation));
		this.posix.exit(preparation.pid(), 0, 0);
		Spawned canary = awaitSpawn(4);
		assertThat(canary.descriptors()).hasSize(3).element(1).isEqualTo(HTTP);
		assertThat(this.posix.listeners()).extracting((listener) -> listener.port()).contains(ADMIN);
	}

	@Test
	void aRollOutWhosePreparationFailsShowsWhatItPrinted() throws IOException {
		pool();
		this.posix.signal(HUP);
		Spawned preparation = awaitSpawn(3);
		Files.writeString(preparation.output(), "the port must be a number\n");
		this.posix.exit(preparation.pid(), 1, 0);
		awaitLog("| the port must be a number");
		awaitLog("The pool stays on generation 1");
	}

	@Test
	void aRollOutWhoseAddressIsTakenLeavesThePoolAsItIs() throws IOException {
		pool();
		this.posix.signal(HUP);
		Spawned preparation = awaitSpawn(3);
		LaunchPlanFile.write(plan(Map.of(), http(8081)), preparedFile(preparation));
		this.posix.fail("listen", 98, "Address already in use");
		this.posix.exit(preparation.pid(), 0, 0);
		awaitLog("cannot listen: listen: Address already in use");
		assertThat(this.posix.listeners()).hasSize(1);
	}

	@Test
	void anUpgradeExecutesTheNewMasterWithAllDescriptors() throws IOException {
		List<Spawned> workers = pool();
		upgrade(0);
		await().until(() -> this.posix.executed() != null);
		ScriptedPosix.Executed executed = this.posix.executed();
		assertThat(executed.command().arguments()).contains(MasterCommand.RESUME);
		assertThat(executed.inherited()).contains(HTTP);
		for (Spawned worker : workers) {
			assertThat(executed.inherited()).contains(this.posix.socketOf(worker).fd());
		}
	}

	/**
	 * An exec that returns has failed: the events that come later are handled as before.
	 */
	@Test
	void aMasterWhoseExecFailsServesOn() throws IOException {
		List<Spawned> workers = pool();
		this.posix.fail("exec", 2, "No such file or directory");
		upgrade(0);
		awaitLog("exec: No such file or directory");
		assertThat(this.posix.executed()).isNull();
		this.posix.exit(workers.get(1).pid(), -1, KILL);
		awaitSpawn(5);
	}

	@Test
	void aTrialThatFailsLeavesTheMasterInPlace() throws IOException {
		List<Spawned> workers = pool();
		upgrade(1);
		awaitLog("the trial of the new master");
		assertThat(this.posix.executed()).isNull();
		this.posix.exit(workers.get(1).pid(), -1, KILL);
		awaitSpawn(5);
	}

	/** Let the preparation succeed, and the trial end with an exit code. */
	private void upgrade(int code) throws IOException {
		this.posix.signal(USR2);
		Spawned preparation = awaitSpawn(3);
		LaunchPlanFile.write(plan(Map.of(), http(8080)), preparedFile(preparation));
		this.posix.exit(preparation.pid(), 0, 0);
		Spawned trial = awaitSpawn(4);
		assertThat(trial.command().arguments()).contains(MasterCommand.CHECK);
		this.posix.exit(trial.pid(), code, 0);
	}

}
