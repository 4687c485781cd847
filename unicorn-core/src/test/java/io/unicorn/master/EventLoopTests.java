package io.unicorn.master;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

import io.unicorn.launch.plan.MasterLog;
import io.unicorn.launch.plan.SamplePlans;
import io.unicorn.master.arbiter.Arbiter;
import io.unicorn.master.arbiter.ArbiterConfig;
import io.unicorn.master.arbiter.pool.Effect;
import io.unicorn.master.arbiter.pool.Event;
import io.unicorn.master.event.MonotonicClock;
import io.unicorn.master.generation.Generations;
import io.unicorn.master.log.LogQueue;
import io.unicorn.master.log.LogWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class EventLoopTests {

	@TempDir
	private Path directory = Path.of("");

	private final List<Effect> performed = new ArrayList<>();

	private EventLoop loop() {
		MonotonicClock clock = new MonotonicClock();
		Arbiter arbiter = new Arbiter(
				new ArbiterConfig(1, clock.now(), Generations.spec(SamplePlans.bare()), false, 8, ""), new Random(1));
		return new EventLoop(arbiter, clock,
				new LogQueue(new LogWriter(1, "", MasterLog.text(this.directory.resolve("log").toString()))));
	}

	private long spawned() {
		return this.performed.stream().filter(Effect.Spawn.class::isInstance).count();
	}

	@Test
	void anEventThatAnEffectCausesWaitsForTheOtherEffects() {
		EventLoop loop = loop();
		loop.performWith((effect) -> {
			this.performed.add(effect);
			if (effect instanceof Effect.Spawn spawn) {
				loop.decide(new Event.Spawned(spawn.id(), 7));
				// The answer to this event comes after the effects that were decided
				// before.
				assertThat(this.performed).noneMatch(Effect.Send.class::isInstance);
			}
		});
		loop.decide(new Event.Started());
		assertThat(this.performed).anyMatch(Effect.Send.class::isInstance);
	}

	@Test
	void anEffectThatThrowsIsLoggedAndDoesNotStopTheOthers() {
		EventLoop loop = loop();
		loop.performWith((effect) -> {
			this.performed.add(effect);
			throw new IllegalStateException("no place");
		});
		loop.decide(new Event.Started());
		loop.decide(new Event.Spawned(1, 7));
		assertThat(spawned()).isEqualTo(1);
		assertThat(this.performed).hasSizeGreaterThan(1);
		await().untilAsserted(() -> assertThat(this.directory.resolve("log")).content()
			.contains("fault in the master; it goes on")
			.contains("no place"));
	}

	@Test
	void whateverAnEffectThrowsTheNextEventIsDecided() {
		EventLoop loop = loop();
		loop.performWith((effect) -> {
			this.performed.add(effect);
			throw new StackOverflowError("deep");
		});
		loop.decide(new Event.Started());
		loop.decide(new Event.Spawned(1, 7));
		loop.decide(new Event.Exited(1, 1, 0, false));
		assertThat(this.performed).anyMatch(Effect.Exit.class::isInstance);
	}

	@Test
	void severalErrorsAskForARestartAndDefectsDoNot() throws InterruptedException {
		EventLoop loop = loop();
		loop.performWith(this.performed::add);
		List<String> calls = new ArrayList<>();
		loop.restartWith(() -> {
			calls.add("restart");
			Thread.currentThread().interrupt();
		});
		for (int i = 0; i < 2 * FaultLimit.MOST; i++) {
			loop.post(() -> {
				throw new IllegalStateException("a defect");
			});
		}
		loop.post(() -> calls.add("after defects"));
		for (int i = 0; i < FaultLimit.MOST; i++) {
			loop.fault("thread x", new OutOfMemoryError("Java heap space"));
		}
		org.assertj.core.api.Assertions.assertThatExceptionOfType(InterruptedException.class).isThrownBy(loop::run);
		assertThat(calls).containsExactly("after defects", "restart");
	}

	@Test
	void whatWasPostedIsHandledInOrder() {
		EventLoop loop = loop();
		loop.performWith(this.performed::add);
		List<Integer> order = new ArrayList<>();
		loop.post(() -> order.add(1));
		loop.post(() -> {
			throw new IllegalStateException("two");
		});
		loop.post(() -> order.add(3));
		loop.handleReceived();
		assertThat(order).containsExactly(1, 3);
	}

}
