package io.unicorn.ipc;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class MessageTests {

	@ParameterizedTest(name = "{0}")
	@MethodSource
	void aNumberOutOfRangeIsRefusedWithItsName(String message, ThrowingCallable constructor) {
		assertThatIllegalArgumentException().isThrownBy(constructor).withMessage(message);
	}

	static Stream<Arguments> aNumberOutOfRangeIsRefusedWithItsName() {
		PoolSnapshot.MasterInfo master = SampleMessages.pool(0).master();
		Instant now = Instant.EPOCH;
		return Stream.of(row("protocol must be at least 1 but is 0", () -> new Message.Hello(0, Map.of())),
				row("requests must be at least 0 but is -1", () -> new Message.Heartbeat(-1, 0, 0, 0, 0, 0)),
				row("inFlight must be at least 0 but is -1", () -> new Message.Heartbeat(0, -1, 0, 0, 0, 0)),
				row("oldestRequestMillis must be at least 0 but is -1", () -> new Message.Heartbeat(0, 0, -1, 0, 0, 0)),
				row("connections must be at least 0 but is -1", () -> new Message.Heartbeat(0, 0, 0, -1, 0, 0)),
				row("heapUsedBytes must be at least 0 but is -1", () -> new Message.Heartbeat(0, 0, 0, 0, -1, 0)),
				row("connectionsLeft must be at least 0 but is -3", () -> new Message.Drained(-3)),
				row("errors must be at least 0 but is -1", () -> new Message.Heartbeat(0, 0, 0, 0, 0, -1)),
				row("observedMillis must be at least 0 but is -1", () -> new Message.Welcome(0, 1, 1, 0, true, -1, 0)),
				row("silenceMillis must be at least 0 but is -1", () -> new Message.Welcome(0, 1, 1, 0, true, 0, -1)),
				row("index must be at least 0 but is -1", () -> new Message.Welcome(-1, 1, 1, 0, false, 0, 0)),
				row("id must be at least 1 but is 0", () -> new Message.Welcome(0, 0, 1, 0, false, 0, 0)),
				row("generation must be at least 1 but is 0", () -> new Message.Welcome(0, 1, 0, 0, false, 0, 0)),
				row("gracefulTimeoutMillis must be at least 0 but is -1",
						() -> new Message.Welcome(0, 1, 1, -1, false, 0, 0)),
				row("timeoutMillis must be at least 0 but is -1", () -> new Message.Drain(-1)),
				row("index must be at least -1 but is -2", () -> new Message.Call(1, -2, 0, SampleMessages.bytes(0))),
				row("timeoutMillis must be at least 0 but is -1",
						() -> new Message.Call(1, 0, -1, SampleMessages.bytes(0))),
				row("operation must be at most 32768 bytes but is 32769",
						() -> new Message.Call(1, 0, 0, SampleMessages.bytes(32_769))),
				row("part must be at most 32768 bytes but is 32769",
						() -> new Message.CallAnswer(1, 40_000, 0, SampleMessages.bytes(32_769))),
				row("offset must be at least 0 but is -1", () -> new Message.CallNext(1, -1)),
				row("totalBytes must be at least 0 but is -1",
						() -> new Message.CallAnswer(1, -1, 0, SampleMessages.bytes(0))),
				row("target must be at least 0 but is -1",
						() -> new PoolSnapshot(master, -1, 0, List.of(), Map.of(), List.of())),
				row("ready must be at least 0 but is -1",
						() -> new PoolSnapshot(master, 0, -1, List.of(), Map.of(), List.of())),
				row("exits must be at least 0 but is -1",
						() -> new PoolSnapshot(master, 0, 0, List.of(), Map.of("crash", -1L), List.of())),
				row("pid must be at least 1 but is 0", () -> new PoolSnapshot.MasterInfo(0, now, 1, "running")),
				row("generation must be at least 1 but is 0", () -> new PoolSnapshot.MasterInfo(1, now, 0, "running")),
				row("index must be at least 0 but is -1",
						() -> new PoolSnapshot.WorkerInfo(-1, 1, 1, 1, "ready", false, now, 0, 0)),
				row("id must be at least 1 but is 0",
						() -> new PoolSnapshot.WorkerInfo(0, 0, 1, 1, "ready", false, now, 0, 0)),
				row("pid must be at least 1 but is 0",
						() -> new PoolSnapshot.WorkerInfo(0, 1, 0, 1, "ready", false, now, 0, 0)),
				row("generation must be at least 1 but is 0",
						() -> new PoolSnapshot.WorkerInfo(0, 1, 1, 0, "ready", false, now, 0, 0)),
				row("requests must be at least 0 but is -1",
						() -> new PoolSnapshot.WorkerInfo(0, 1, 1, 1, "ready", false, now, -1, 0)),
				row("inFlight must be at least 0 but is -1",
						() -> new PoolSnapshot.WorkerInfo(0, 1, 1, 1, "ready", false, now, 0, -1)));
	}

	@Test
	void aMessageDoesNotChangeWithTheMapThatItWasMadeOf() {
		Map<String, String> configuration = new HashMap<>(Map.of("unicorn.workers", "4"));
		Message.Hello hello = new Message.Hello(1, configuration);
		configuration.clear();
		assertThat(hello.configuration()).containsExactly(Map.entry("unicorn.workers", "4"));
	}

	private static Arguments row(String message, ThrowingCallable constructor) {
		return Arguments.of(message, constructor);
	}

}
