package io.unicorn.worker;

import java.io.EOFException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.unicorn.ipc.Initialization;
import io.unicorn.ipc.Message;
import io.unicorn.ipc.PoolSnapshot;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.awaitility.Awaitility.await;

@Timeout(30)
class WorkerAgentTests {

	private static final Message.Welcome WELCOME = new Message.Welcome(2, 7, 3, 10_000, false, 0, 0);

	private static final PoolSnapshot POOL = new PoolSnapshot(
			new PoolSnapshot.MasterInfo(1, Instant.EPOCH, 1, "running"), 2, 2, List.of(), Map.of(), List.of());

	private final FakeMaster master;

	WorkerAgentTests() throws IOException {
		this.master = new FakeMaster();
	}

	@AfterEach
	void close() throws IOException {
		this.master.close();
	}

	/**
	 * Start the worker and wait until its servers accept, which happens on another
	 * thread.
	 */
	private void serve(WorkerAgent agent) throws InterruptedException {
		agent.ready(ReadinessCheck.NONE);
		assertThat(this.master.next()).isEqualTo(new Message.Started());
		assertThat(this.master.next()).isEqualTo(new Message.Ready());
	}

	@Test
	void theIdentityOfTheWorkerComesFromTheMaster() throws IOException {
		assertThat(this.master.agent(WELCOME).identity()).isEqualTo(new WorkerIdentity(2, 7, 3, false));
	}

	@Test
	void aFirstMessageOtherThanWelcomeIsAnError() {
		this.master.send(new Message.Leader(true));
		assertThatIOException().isThrownBy(this.master::agent)
			.withMessage("the first message of the master is Leader, not Welcome");
	}

	@Test
	void anEndBeforeTheWelcomeIsAnError() throws IOException {
		this.master.hangUp();
		assertThatExceptionOfType(EOFException.class).isThrownBy(this.master::agent)
			.withMessage("the master has closed the control connection");
	}

	@Test
	void helloComesFirstAndHeartbeatsFollow() throws Exception {
		WorkerAgent agent = this.master.agent(WELCOME);
		FakeServer server = new FakeServer(4);
		agent.register(server);
		RequestLedger ledger = new RequestLedger(0, () -> {
		});
		ledger.end(ledger.begin());
		ledger.begin();
		agent.hello(Map.of("unicorn.workers", "3"), Duration.ofMillis(250), ledger);
		assertThat(this.master.next())
			.isEqualTo(new Message.Hello(Message.PROTOCOL_VERSION, Map.of("unicorn.workers", "3")));
		for (int i = 0; i < 3; i++) {
			assertThat(this.master.next()).isInstanceOfSatisfying(Message.Heartbeat.class, (heartbeat) -> {
				assertThat(heartbeat.requests()).isEqualTo(1);
				assertThat(heartbeat.inFlight()).isEqualTo(1);
				assertThat(heartbeat.connections()).isEqualTo(4);
				assertThat(heartbeat.heapUsedBytes()).isPositive();
			});
		}
	}

	@Test
	void aWorkerThatBootsSaysWhereItsMainThreadIsUntilItIsReady() throws Exception {
		WorkerAgent agent = this.master.agent(WELCOME);
		agent.hello(Map.of(), Duration.ofMillis(250), new RequestLedger(0, () -> {
		}));
		assertThat(this.master.booting().stack()).isNotEmpty()
			.hasSizeLessThanOrEqualTo(8)
			.noneMatch((call) -> call.contains("getStackTrace"));
		serve(agent);
		agent.initializing("too late");
		agent.retire("end", "");
		assertThat(this.master.next(Message.Retire.class)).isNotNull();
	}

	@Test
	void theMasterIsToldOfAnInitialization() throws Exception {
		WorkerAgent agent = this.master.agent(WELCOME);
		agent.initializing("Liquibase (bean " + "x".repeat(300));
		assertThat(this.master.booting().initializing()).startsWith("Liquibase (bean x").hasSize(200);
		agent.initialized();
		assertThat(this.master.booting().initializing()).isEmpty();
		agent.initialized();
		agent.retire("end", "");
		assertThat(this.master.next()).isInstanceOf(Message.Retire.class);
	}

	@Test
	void anInitializationIsDoneOnce() throws IOException {
		WorkerAgent agent = this.master
			.agent(new Message.Welcome(0, 1, 1, 0, false, 0, 0, Initialization.START, "c2VjcmV0"));
		assertThat(agent.takeInitialization()).isEqualTo(Initialization.START);
		assertThat(agent.takeInitialization()).isEqualTo(Initialization.NOTHING);
		assertThat(agent.secret()).isEqualTo("c2VjcmV0");
	}

	@Test
	void aMasterThatDoesNotDecideLeavesTheInitializationToEachContext() throws IOException {
		WorkerAgent agent = this.master.agent(WELCOME);
		assertThat(agent.takeInitialization()).isEqualTo(Initialization.EVERYTHING);
		assertThat(agent.takeInitialization()).isEqualTo(Initialization.EVERYTHING);
	}

	@Test
	void heartbeatsCarryTheAgeOfTheOldestRequest() throws Exception {
		WorkerAgent agent = this.master.agent(WELCOME);
		RequestLedger ledger = new RequestLedger(0, () -> {
		});
		ledger.begin();
		agent.hello(Map.of(), Duration.ofMillis(250), ledger);
		Message.Heartbeat heartbeat = this.master.next(Message.Heartbeat.class);
		while (heartbeat.oldestRequestMillis() < 100) {
			heartbeat = this.master.next(Message.Heartbeat.class);
		}
		assertThat(heartbeat.inFlight()).isEqualTo(1);
	}

	@Test
	void nothingIsAcceptedBeforeTheWorkerIsReady() throws Exception {
		WorkerAgent agent = this.master.agent(WELCOME);
		FakeServer server = new FakeServer(0);
		agent.register(server);
		assertThat(server.calls).isEmpty();
		serve(agent);
		assertThat(server.calls).containsExactly("start");
	}

	@Test
	void allServersWarmUpBeforeAnyAcceptsAndTheApplicationDoesNotWait() throws Exception {
		WorkerAgent agent = this.master.agent(WELCOME);
		FakeServer one = new FakeServer(0);
		FakeServer other = new FakeServer(0);
		CountDownLatch warm = new CountDownLatch(1);
		one.warmUp = () -> {
			one.calls.add("warm up");
			try {
				warm.await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		};
		other.warmUp = () -> other.calls.add("warm up");
		agent.register(one);
		agent.register(other);
		agent.ready(ReadinessCheck.NONE);
		assertThat(this.master.next()).isEqualTo(new Message.Started());
		assertThat(one.calls).doesNotContain("start");
		assertThat(agent.isReady()).isFalse();
		warm.countDown();
		assertThat(this.master.next()).isEqualTo(new Message.Ready());
		assertThat(one.calls).containsExactly("warm up", "start");
		assertThat(other.calls).containsExactly("warm up", "start");
	}

	@Test
	void aWorkerThatDrainsDuringItsWarmUpNeverAccepts() throws Exception {
		WorkerAgent agent = this.master.agent(WELCOME);
		FakeServer server = new FakeServer(0);
		server.warmUp = () -> {
			server.calls.add("warm up");
			try {
				server.stopped.await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		};
		agent.register(server);
		agent.ready(ReadinessCheck.NONE);
		Awaitility.await().until(() -> server.calls.contains("warm up"));
		this.master.send(new Message.Drain(9000));
		assertThat(this.master.end()).isEqualTo("exit 0");
		assertThat(server.calls).containsExactly("warm up", "stop", "await");
		agent.retire("x", "a mark after which Ready would have come");
		this.master.next(Message.Drained.class);
		assertThat(this.master.next()).isInstanceOf(Message.Retire.class);
	}

	@Test
	void aWorkerServesAfterAWarmUpThatFailed() throws Exception {
		WorkerAgent agent = this.master.agent(WELCOME);
		FakeServer server = new FakeServer(0);
		server.warmUp = () -> {
			throw new IllegalStateException("deliberate");
		};
		agent.register(server);
		serve(agent);
		assertThat(server.calls).containsExactly("start");
		assertThat(this.master.observed()).containsExactly("fault: the servers could not be warmed up");
	}

	@Test
	void aServerThatIsRegisteredLateAcceptsAtOnce() throws Exception {
		WorkerAgent agent = this.master.agent(WELCOME);
		serve(agent);
		FakeServer server = new FakeServer(0);
		agent.register(server);
		assertThat(server.calls).containsExactly("start");
	}

	@Test
	void aDrainStopsAcceptingThenWaitsThenExits() throws Exception {
		WorkerAgent agent = this.master.agent(WELCOME);
		FakeServer one = new FakeServer(1);
		FakeServer other = new FakeServer(1);
		agent.register(one);
		agent.register(other);
		serve(agent);
		this.master.send(new Message.Drain(9000));
		assertThat(one.stopped.await(10, TimeUnit.SECONDS)).isTrue();
		assertThat(other.stopped.await(10, TimeUnit.SECONDS)).isTrue();
		assertThat(this.master.hasEnded()).isFalse();
		one.hangUp();
		other.hangUp();
		assertThat(this.master.next(Message.Drained.class).connectionsLeft()).isZero();
		assertThat(this.master.end()).isEqualTo("exit 0");
		assertThat(one.calls).containsExactly("start", "stop", "await");
		assertThat(other.calls).containsExactly("start", "stop", "await");
		assertThat(this.master.observed()).containsExactly("draining 9000");
	}

	@Test
	void aLastHeartbeatWithTheFinalCountComesBeforeDrained() throws Exception {
		WorkerAgent agent = this.master.agent(WELCOME);
		RequestLedger ledger = new RequestLedger(0, () -> {
		});
		agent.hello(Map.of(), Duration.ZERO, ledger);
		this.master.next(Message.Heartbeat.class);
		ledger.end(ledger.begin());
		this.master.send(new Message.Drain(1000));
		Message.Heartbeat last = this.master.next(Message.Heartbeat.class);
		while (last.requests() == 0) {
			last = this.master.next(Message.Heartbeat.class);
		}
		assertThat(this.master.next()).isEqualTo(new Message.Drained(0));
	}

	@Test
	void aDrainThatExceedsItsTimeoutReportsTheConnectionsLeftAndExits() throws Exception {
		WorkerAgent agent = this.master.agent(WELCOME);
		agent.register(new FakeServer(2));
		agent.register(new FakeServer(3));
		serve(agent);
		this.master.send(new Message.Drain(50));
		assertThat(this.master.next(Message.Drained.class).connectionsLeft()).isEqualTo(5);
		assertThat(this.master.end()).isEqualTo("exit 0");
	}

	@Test
	void aSecondDrainChangesNothing() throws Exception {
		WorkerAgent agent = this.master.agent(WELCOME);
		FakeServer server = new FakeServer(1);
		agent.register(server);
		this.master.send(new Message.Drain(9000));
		this.master.send(new Message.Drain(1));
		assertThat(server.stopped.await(10, TimeUnit.SECONDS)).isTrue();
		server.hangUp();
		assertThat(this.master.end()).isEqualTo("exit 0");
		assertThat(this.master.observed()).containsExactly("draining 9000");
		assertThat(server.calls).containsExactly("stop", "await");
	}

	@Test
	void aDrainDuringBootLetsNoServerEverAccept() throws Exception {
		WorkerAgent agent = this.master.agent(WELCOME);
		this.master.send(new Message.Drain(1000));
		assertThat(this.master.end()).isEqualTo("exit 0");
		FakeServer late = new FakeServer(0);
		agent.register(late);
		agent.ready(ReadinessCheck.NONE);
		assertThat(late.calls).containsExactly("stop");
		agent.retire("x", "a mark after which Ready would have come");
		this.master.next(Message.Drained.class);
		assertThat(this.master.next()).isEqualTo(new Message.Started());
		assertThat(this.master.next()).isInstanceOf(Message.Retire.class);
	}

	@Test
	void stopExitsWithoutWaitingForConnections() throws Exception {
		WorkerAgent agent = this.master.agent(WELCOME);
		FakeServer server = new FakeServer(1);
		agent.register(server);
		serve(agent);
		this.master.send(new Message.Stop());
		assertThat(this.master.end()).isEqualTo("exit 0");
		assertThat(server.calls).containsExactly("start", "stop");
	}

	@Test
	void stopCutsADrainShort() throws Exception {
		WorkerAgent agent = this.master.agent(WELCOME);
		FakeServer server = new FakeServer(1);
		agent.register(server);
		this.master.send(new Message.Drain(9000));
		assertThat(server.stopped.await(10, TimeUnit.SECONDS)).isTrue();
		this.master.send(new Message.Stop());
		assertThat(this.master.end()).isEqualTo("exit 0");
	}

	@Test
	void aWorkerWithoutAMasterDrainsAndExits() throws Exception {
		WorkerAgent agent = this.master.agent(WELCOME);
		FakeServer server = new FakeServer(1);
		agent.register(server);
		serve(agent);
		this.master.send(new Message.Leader(true));
		this.master.hangUp();
		assertThat(server.stopped.await(10, TimeUnit.SECONDS)).isTrue();
		assertThat(this.master.hasEnded()).isFalse();
		server.hangUp();
		assertThat(this.master.end()).isEqualTo("exit 0");
		assertThat(agent.isLeader()).isFalse();
		assertThat(this.master.observed()).containsExactly("leader", "lost: the control connection was closed");
	}

	@Test
	void aWorkerWithoutAMasterIsHaltedIfItDoesNotEnd() throws Exception {
		WorkerAgent agent = this.master.agent(new Message.Welcome(0, 1, 1, 200, false, 0, 0));
		agent.register(new FakeServer(1));
		serve(agent);
		this.master.hangUp();
		// The fake process does not end when it is told to exit.
		assertThat(this.master.end()).isEqualTo("exit 0");
		assertThat(this.master.end()).isEqualTo("halt 1");
	}

	@Test
	void aServerThatNeverStopsDoesNotKeepAWorkerAliveWithoutAMaster() throws Exception {
		WorkerAgent agent = this.master.agent(new Message.Welcome(0, 1, 1, 200, false, 0, 0));
		CountDownLatch release = new CountDownLatch(1);
		agent.register(new DrainableServer() {

			@Override
			public void warmUp() {
			}

			@Override
			public void startAccepting() {
			}

			@Override
			public void endConnections() {
			}

			@Override
			public void stopAccepting() {
				try {
					release.await();
				}
				catch (InterruptedException ex) {
					Thread.currentThread().interrupt();
				}
			}

			@Override
			public int awaitNoConnections(Duration timeout) {
				return 0;
			}

			@Override
			public int connections() {
				return 0;
			}

		});
		this.master.hangUp();
		assertThat(this.master.end()).isEqualTo("halt 1");
		release.countDown();
	}

	@Test
	void malformedBytesFromTheMasterEndTheWorker() throws Exception {
		this.master.agent(WELCOME);
		this.master.sendBytes(-1, -1, -1, -1);
		assertThat(this.master.end()).isEqualTo("exit 0");
		assertThat(this.master.observed()).hasSize(1)
			.first()
			.asString()
			.startsWith("lost: the control connection failed: ");
	}

	@Test
	void whatALeaderLeavesReachesTheApplicationOnceAndItsOwnTheMaster() throws Exception {
		WorkerAgent agent = this.master.agent(WELCOME);
		BlockingQueue<String> told = new LinkedBlockingQueue<>();
		class Listener extends NoListener {

			@Override
			public void leadershipGranted(boolean first, Map<String, String> handOver) {
				told.add(first + " " + handOver);
				throw new IllegalStateException("reported");
			}

			@Override
			public Map<String, String> leadershipRevoked() {
				return Map.of("task", "later");
			}

		}
		agent.listen(new Listener());
		this.master.send(new Message.Leader(true, true, Map.of("task", "due")));
		assertThat(told.take()).isEqualTo("true {task=due}");
		agent.listen(new Listener());
		assertThat(told.take()).as("of another context").isEqualTo("false {}");
		this.master.send(new Message.Leader(false));
		assertThat(this.master.next(Message.Resigned.class).handOver()).containsExactly(Map.entry("task", "later"));
		agent.listen(new Listener());
		this.master.send(new Message.Leader(true));
		assertThat(told.take()).isEqualTo("false {}");
		assertThat(told).isEmpty();
	}

	@Test
	void aLeaderThatLeavesTooMuchResignsWithoutIt() throws Exception {
		WorkerAgent agent = this.master.agent(WELCOME);
		agent.listen(new NoListener() {

			@Override
			public Map<String, String> leadershipRevoked() {
				return Map.of("task", "x".repeat(Message.Resigned.MAX_CHARACTERS));
			}

		});
		this.master.send(new Message.Leader(false));
		assertThat(this.master.next(Message.Resigned.class).handOver()).isEmpty();
	}

	@Test
	void theMasterDecidesWhichWorkerIsTheLeader() throws Exception {
		WorkerAgent agent = this.master.agent(WELCOME);
		assertThat(agent.isLeader()).isFalse();
		this.master.send(new Message.Leader(true));
		Awaitility.await().until(agent::isLeader);
		this.master.send(new Message.Leader(false));
		Awaitility.await().until(() -> !agent.isLeader());
		Awaitility.await()
			.untilAsserted(() -> assertThat(this.master.observed()).containsExactly("leader", "no leader"));
	}

	@Test
	void aRetirementIsSentToTheMaster() throws Exception {
		this.master.agent(WELCOME).retire("max-requests", "served 5 requests");
		assertThat(this.master.next()).isEqualTo(new Message.Retire("max-requests", "served 5 requests"));
	}

	@Test
	void aPoolQueryReturnsTheReply() throws Exception {
		this.master.reply((query) -> new Message.PoolReply(query.query(), POOL));
		WorkerAgent agent = this.master.agent(WELCOME);
		assertThat(agent.pool(Duration.ofSeconds(10))).isEqualTo(POOL);
		assertThat(agent.pool(Duration.ofSeconds(10))).isEqualTo(POOL);
	}

	@Test
	void aReplyToAnotherQueryIsDropped() throws Exception {
		this.master.reply((query) -> new Message.PoolReply(query.query() + 1, POOL));
		assertThat(this.master.agent(WELCOME).pool(Duration.ofMillis(100))).isNull();
	}

	@Test
	void aQueryWithoutAReplyEndsWithItsTimeout() throws Exception {
		assertThat(this.master.agent(WELCOME).pool(Duration.ofMillis(50))).isNull();
	}

	@Test
	void anExitThatTheMasterHasNotOrderedDrainsOnce() throws Exception {
		WorkerAgent agent = this.master.agent(WELCOME);
		FakeServer server = new FakeServer(0);
		agent.register(server);
		serve(agent);
		agent.drainBeforeExit();
		agent.drainBeforeExit();
		assertThat(server.calls).containsExactly("start", "stop", "await");
		assertThat(this.master.observed()).containsExactly("draining 8000");
		assertThat(this.master.next(Message.Drained.class).connectionsLeft()).isZero();
		assertThat(this.master.hasEnded()).isFalse();
		agent.retire("x", "a mark after which a second Drained would have come");
		assertThat(this.master.next()).isInstanceOf(Message.Retire.class);
	}

	@Test
	void aContextThatIsClosedWhenTheProcessEndsIsDrained() throws Exception {
		WorkerAgent agent = this.master.agent(WELCOME);
		this.master.shutDown();
		agent.contextClosing(() -> {
			throw new AssertionError("no context follows");
		});
		assertThat(this.master.next(Message.Drained.class).connectionsLeft()).isZero();
		assertThat(agent.isResting()).isFalse();
	}

	@Test
	void aContextThatIsBuiltAgainServesAgain() throws Exception {
		WorkerAgent agent = this.master.agent(WELCOME);
		RequestLedger requests = new RequestLedger(0, () -> {
		});
		FakeServer first = new FakeServer(0);
		agent.register(first);
		serve(agent);
		agent.hello(Map.of(), Duration.ofHours(1), requests);
		List<String> kept = new ArrayList<>();
		agent.contextClosing(() -> kept.addAll(first.calls));
		assertThat(kept).as("calls before the listeners were kept").containsExactly("start");
		assertThat(first.calls).containsExactly("start", "stop", "await");
		assertThat(agent.isResting()).isTrue();

		assertThat(agent.resume()).isSameAs(requests);
		assertThat(agent.isResting()).isFalse();
		assertThat(agent.hasServer()).isFalse();
		FakeServer second = new FakeServer(0);
		agent.register(second);
		agent.ready(ReadinessCheck.NONE);
		await().until(() -> second.calls.contains("start"));
		agent.retire("x", "a mark after which a second Ready would have come");
		Message.FromWorker message = this.master.next();
		while (!(message instanceof Message.Retire)) {
			assertThat(message).isNotInstanceOfAny(Message.Started.class, Message.Ready.class);
			message = this.master.next();
		}
		this.master.send(new Message.Drain(1000));
		assertThat(this.master.end()).isEqualTo("exit 0");
		assertThat(second.calls).containsExactly("start", "stop", "await");
		assertThat(first.calls).containsExactly("start", "stop", "await");
	}

	@Test
	void aContextThatIsNotBuiltAgainEndsTheWorker() throws Exception {
		WorkerAgent agent = this.master.agent(new Message.Welcome(0, 1, 1, 50, false, 0, 0));
		agent.contextClosing(() -> {
		});
		assertThat(this.master.next(Message.Drained.class).connectionsLeft()).isZero();
		assertThat(agent.isResting()).isFalse();
		assertThat(agent.resume()).isNull();
	}

	@Test
	void anExitAfterADrainDoesNotDrainAgain() throws Exception {
		WorkerAgent agent = this.master.agent(WELCOME);
		FakeServer server = new FakeServer(0);
		agent.register(server);
		this.master.send(new Message.Drain(1000));
		assertThat(this.master.end()).isEqualTo("exit 0");
		agent.drainBeforeExit();
		assertThat(server.calls).containsExactly("stop", "await");
	}

	@Test
	void anExitDuringADrainWaitsForTheDrain() throws Exception {
		WorkerAgent agent = this.master.agent(WELCOME);
		FakeServer server = new FakeServer(1);
		agent.register(server);
		this.master.send(new Message.Drain(9000));
		assertThat(server.stopped.await(10, TimeUnit.SECONDS)).isTrue();
		CountDownLatch returned = new CountDownLatch(1);
		Thread hook = new Thread(() -> {
			agent.drainBeforeExit();
			returned.countDown();
		});
		hook.start();
		await().until(() -> hook.getState() == Thread.State.TIMED_WAITING);
		assertThat(returned.getCount()).isEqualTo(1);
		server.hangUp();
		assertThat(returned.await(10, TimeUnit.SECONDS)).isTrue();
		assertThat(server.calls).containsExactly("stop", "await");
	}

	@Test
	void anExitOfTheApplicationIsReportedAndWaitsUntilItIsNoted() throws Exception {
		WorkerAgent agent = this.master.agent(WELCOME);
		agent.drainBeforeExit();
		Thread hook = new Thread(() -> agent.exiting(ExitCause.CALLED));
		hook.start();
		Message.Exiting report = this.master.next(Message.Exiting.class);
		assertThat(report.called()).isTrue();
		assertThat(hook.isAlive()).isTrue();
		this.master.send(new Message.Noted(report.query()));
		hook.join();
	}

	@Test
	void theEndOfAllThreadsIsReported() throws Exception {
		WorkerAgent agent = this.master.agent(WELCOME);
		Thread hook = new Thread(() -> agent.exiting(ExitCause.THREADS_ENDED));
		hook.start();
		assertThat(this.master.next(Message.Exiting.class).called()).isFalse();
		hook.interrupt();
		hook.join();
	}

	@ParameterizedTest
	@EnumSource(names = { "SIGNAL", "UNCAUGHT" })
	void anotherEndIsNotReported(ExitCause cause) throws Exception {
		WorkerAgent agent = this.master.agent(WELCOME);
		agent.exiting(cause);
		agent.retire("x", "a mark after which the report would have come");
		assertThat(this.master.next()).isInstanceOf(Message.Retire.class);
	}

	@Test
	void anExitThatTheMasterHasOrderedIsNotReported() throws Exception {
		WorkerAgent agent = this.master.agent(WELCOME);
		this.master.send(new Message.Drain(10));
		assertThat(this.master.end()).isEqualTo("exit 0");
		agent.exiting(ExitCause.CALLED);
		agent.retire("x", "a mark after which the report would have come");
		this.master.next(Message.Drained.class);
		assertThat(this.master.next()).isInstanceOf(Message.Retire.class);
	}

	@Test
	void aWorkerThatGetsTermServesOnIfItsMasterNotesIt() throws Exception {
		WorkerAgent agent = this.master.agent(WELCOME);
		FakeServer server = new FakeServer(0);
		agent.register(server);
		serve(agent);
		CompletableFuture<Boolean> noted = CompletableFuture.supplyAsync(agent::terminated);
		this.master.send(new Message.Noted(this.master.next(Message.Terminated.class).query()));
		assertThat(noted.get(10, TimeUnit.SECONDS)).isTrue();
		assertThat(server.calls).containsExactly("start");
	}

	@Test
	void aWorkerThatGetsTermLeavesIfItsMasterDoesNotAnswer() throws Exception {
		WorkerAgent agent = this.master.agent(WELCOME);
		assertThat(agent.terminated()).isFalse();
	}

	@Test
	void aWorkerThatWasToldToStopDoesNotAsk() throws Exception {
		WorkerAgent agent = this.master.agent(WELCOME);
		this.master.send(new Message.Stop());
		assertThat(this.master.end()).isEqualTo("exit 0");
		assertThat(agent.terminated()).isFalse();
		agent.retire("x", "a mark after which the report would have come");
		assertThat(this.master.next()).isInstanceOf(Message.Retire.class);
	}

	@Test
	void messagesToALostMasterAreDropped() throws Exception {
		WorkerAgent agent = this.master.agent(WELCOME);
		this.master.close();
		for (int i = 0; i < 100; i++) {
			agent.retire("x", "y");
		}
		assertThat(this.master.end()).isEqualTo("exit 0");
	}

}
