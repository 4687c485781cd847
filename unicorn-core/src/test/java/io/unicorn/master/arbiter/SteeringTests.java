package io.unicorn.master.arbiter;

import java.time.Duration;
import java.util.List;

import io.unicorn.ipc.Message;
import io.unicorn.ipc.Message.Result;
import io.unicorn.ipc.PoolSnapshot.WorkerInfo;
import io.unicorn.launch.settings.PoolSettings;
import io.unicorn.launch.settings.RolloutSettings;
import io.unicorn.master.arbiter.pool.Effect;
import io.unicorn.master.arbiter.pool.ProcessSignal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class SteeringTests {

	private final SimulatedPool pool = SimulatedPool.running(SimulatedPool.settings(3));

	private Message.RequestReply ask(Message.Request request) {
		return (Message.RequestReply) this.pool.query(request);
	}

	private Message.RequestReply scale(int workers) {
		return ask(new Message.ScaleRequest(1, workers, "a test"));
	}

	private String log() {
		return String.join("\n", this.pool.log());
	}

	private List<WorkerInfo> workers() {
		return this.pool.snapshot().workers();
	}

	@Test
	void thePoolGrowsAndShrinksToTheNumberThatIsAskedFor() {
		assertThat(scale(5)).isEqualTo(new Message.RequestReply(1, Result.DONE, "the pool goes from 3 to 5 workers"));
		this.pool.run(Duration.ofMinutes(1));
		assertThat(this.pool.snapshot().ready()).isEqualTo(5);
		assertThat(scale(5).text()).isEqualTo("the pool aims at 5 workers already");
		assertThat(scale(2).result()).isEqualTo(Result.DONE);
		this.pool.run(Duration.ofMinutes(1));
		assertThat(workers()).hasSize(2);
		assertThat(this.pool.snapshot().exits()).containsOnlyKeys("scaled-down");
		assertThat(log()).contains("number of workers changed from 3 to 5 (a test)");
	}

	@ParameterizedTest
	@ValueSource(ints = { Integer.MIN_VALUE, -1, 0, PoolSettings.MAX_WORKERS + 1, Integer.MAX_VALUE })
	void aNumberOutOfRangeChangesNothing(int workers) {
		assertThat(scale(workers))
			.isEqualTo(new Message.RequestReply(1, Result.WRONG, "a pool has from 1 to 1024 workers, not " + workers));
		assertThat(this.pool.snapshot().target()).isEqualTo(3);
	}

	@Test
	void aWorkerThatIsToRetireServesUntilItsSuccessorIsReady() {
		WorkerInfo worker = workers().get(1);
		Message.Request request = new Message.RetireRequest(4, worker.index(), "a test");
		assertThat(ask(request).result()).isEqualTo(Result.DONE);
		assertThat(ask(request).result()).isEqualTo(Result.DONE);
		assertThat(this.pool.snapshot().ready()).isEqualTo(3);
		this.pool.run(Duration.ofMinutes(1));
		assertThat(workers()).hasSize(3).extracting(WorkerInfo::id).doesNotContain(worker.id());
		assertThat(this.pool.snapshot().exits()).containsOnlyKeys("retired").containsEntry("retired", 1L);
		assertThat(this.pool.snapshot().lastExits()).singleElement()
			.satisfies((exit) -> assertThat(exit.reason()).isEqualTo("retired"));
		assertThat(log()).containsOnlyOnce("retiring: a test");
	}

	@Test
	void aWorkerThatBootsCannotRetireNorOneThatDoesNotExist() {
		scale(4);
		this.pool.run(Duration.ofMillis(10));
		assertThat(ask(new Message.RetireRequest(4, 3, "a test"))).isEqualTo(new Message.RequestReply(4, Result.WRONG,
				"worker 3 (pid " + workers().get(3).pid() + ") is not ready but booting"));
		assertThat(ask(new Message.RetireRequest(4, 7, "a test")))
			.isEqualTo(new Message.RequestReply(4, Result.WRONG, "there is no worker 7"));
	}

	@Test
	void aWorkerWritesItsThreadsAtMostOnceASecond() {
		WorkerInfo worker = workers().get(1);
		Message.Request request = new Message.DumpRequest(4, worker.index(), "a test");
		for (int i = 0; i < 5; i++) {
			assertThat(ask(request).result()).isEqualTo(Result.DONE);
		}
		assertThat(this.pool.effects(Effect.DumpThreads.class))
			.containsExactly(new Effect.DumpThreads(worker.id(), 1, ""));
		this.pool.run(Duration.ofSeconds(1));
		ask(request);
		assertThat(this.pool.effects(Effect.DumpThreads.class)).hasSize(2);
		assertThat(log()).contains("worker 1 (pid " + worker.pid() + ") writes its threads (a test)");
	}

	@Test
	void noThreadsAreAskedOfAWorkerWhoseJvmMayNotHandleTheSignalYet() {
		scale(4);
		assertThat(ask(new Message.DumpRequest(4, 3, "a test"))).isEqualTo(new Message.RequestReply(4, Result.WRONG,
				"the JVM of worker 3 (pid " + workers().get(3).pid() + ") is still starting"));
		assertThat(ask(new Message.DumpRequest(4, 4, "a test")).text()).isEqualTo("there is no worker 4");
		assertThat(this.pool.effects(Effect.DumpThreads.class)).isEmpty();
	}

	@Test
	void aLogLevelIsChangedInAllWorkersThatServe() {
		scale(4);
		assertThat(ask(new Message.LogLevelRequest(4, "com.example", "DEBUG", "a test"))).isEqualTo(
				new Message.RequestReply(4, Result.DONE, "the level of logger com.example becomes DEBUG in 3 workers"));
		Message order = new Message.SetLogLevel("com.example", "DEBUG");
		assertThat(this.pool.effects(Effect.Send.class)).filteredOn((send) -> send.message().equals(order))
			.extracting(Effect.Send::id)
			.containsExactlyInAnyOrderElementsOf(workers().stream().limit(3).map(WorkerInfo::id).toList());
		assertThat(log()).contains("the level of logger com.example becomes DEBUG in 3 workers (a test)");
		assertThat(ask(new Message.LogLevelRequest(4, "com.example", "LOUD", "a test")).text())
			.isEqualTo("there is no such level");
		for (String name : List.of(" ", "a b", "a\u001b[31m", "x".repeat(256))) {
			assertThat(ask(new Message.LogLevelRequest(4, name, "DEBUG", "a test")).result()).as(name)
				.isEqualTo(Result.WRONG);
		}
		assertThat(ask(new Message.LogLevelRequest(4, "root", "INHERITED", "a test")).text())
			.isEqualTo("the logger root inherits from none");
		assertThat(ask(new Message.LogLevelRequest(4, "größer", "INHERITED", "a test")).result())
			.isEqualTo(Result.DONE);
	}

	@Test
	void aStopEndsThePoolAsTermDoes() {
		this.pool.ending();
		assertThat(ask(new Message.StopRequest(4, "a test")).result()).isEqualTo(Result.DONE);
		assertThat(log()).contains("stopping: workers finish their requests (a test)");
		assertThat(scale(4)).isEqualTo(new Message.RequestReply(1, Result.REFUSED, "the pool stops"));
		assertThat(this.pool.query(new Message.RolloutRequest(7, "a test"))).isEqualTo(new Message.RolloutReply(7, 0));
		this.pool.run(Duration.ofMinutes(1));
		assertThat(this.pool.exitCode()).isZero();
	}

	@Test
	void theMasterIsReplacedOnRequest() {
		assertThat(ask(new Message.UpgradeRequest(4, "a test")).result()).isEqualTo(Result.DONE);
		assertThat(this.pool.effects(Effect.Upgrade.class)).hasSize(1);
		assertThat(log()).contains("replacing the master, workers serve on");
	}

	@Test
	void aWorkerMaySteerIfAnEndpointMayWriteButNotStop() {
		SimulatedPool open = SimulatedPool
			.running(SimulatedPool.settings(3, new RolloutSettings(1, 0, Duration.ZERO, true), Duration.ZERO));
		open.receive(open.firstReady(), new Message.ScaleRequest(4, 4, "the endpoint"));
		assertThat(open.snapshot().target()).isEqualTo(4);
		open.receive(open.firstReady(), new Message.StopRequest(4, "the endpoint"));
		open.receive(open.firstReady(), new Message.UpgradeRequest(5, "the endpoint"));
		assertThat(open.effects(Effect.Upgrade.class)).isEmpty();
		assertThat(open.effects(Effect.Send.class)).extracting(Effect.Send::message)
			.filteredOn(Message.RequestReply.class::isInstance)
			.extracting((reply) -> ((Message.RequestReply) reply).result())
			.containsExactly(Result.DONE, Result.REFUSED, Result.REFUSED);
		assertThat(open.snapshot().master().state()).isEqualTo("running");
		assertThat(String.join("\n", open.log())).contains("may not steer the pool");
	}

	@Test
	void aWorkerWhoseApplicationHasNoSuchEndpointIsRefused() {
		long worker = this.pool.firstReady();
		this.pool.receive(worker, new Message.ScaleRequest(4, 9, "an attacker"));
		this.pool.receive(worker, new Message.RetireRequest(5, 1, "an attacker"));
		this.pool.receive(worker, new Message.DumpRequest(6, 1, "an attacker"));
		assertThat(this.pool.snapshot().target()).isEqualTo(3);
		assertThat(this.pool.effects(Effect.DumpThreads.class)).isEmpty();
		assertThat(this.pool.effects(Effect.Send.class)).extracting(Effect.Send::message)
			.filteredOn(Message.RequestReply.class::isInstance)
			.hasSize(3)
			.allSatisfy((reply) -> assertThat(((Message.RequestReply) reply).result()).isEqualTo(Result.REFUSED));
		this.pool.signal(ProcessSignal.TTIN);
		assertThat(this.pool.snapshot().target()).isEqualTo(4);
	}

}
