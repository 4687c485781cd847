package io.unicorn.ipc;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import io.unicorn.ipc.PoolSnapshot.ExitInfo;
import io.unicorn.ipc.PoolSnapshot.ListenerInfo;
import io.unicorn.ipc.PoolSnapshot.MasterInfo;
import io.unicorn.ipc.PoolSnapshot.RolloutInfo;
import io.unicorn.ipc.PoolSnapshot.StepInfo;
import io.unicorn.ipc.PoolSnapshot.WorkerInfo;

/**
 * Contains messages of each kind, with values that a careless codec would lose.
 */
final class SampleMessages {

	private static final Instant START = Instant.parse("2026-11-21T10:15:30.123456789Z");

	private SampleMessages() {
	}

	static List<Message> all() {
		return List.of(new Message.Hello(1, Map.of()),
				new Message.Hello(7, Map.of("unicorn.workers", "4", "unicorn.name", "größer \uD83E\uDD84", "", "")),
				new Message.Ready(), new Message.Heartbeat(0, 0, 0, 0, 0, 0),
				new Message.Heartbeat(Long.MAX_VALUE, Integer.MAX_VALUE, 86_400_000L, 10_000, 1L << 40, 77, 1L << 41),
				new Message.Retire("max-requests", "served 1000 requests"), new Message.Retire("", "a\0b"),
				new Message.Drained(3), new Message.PoolQuery(-42), new Message.Welcome(0, 1, 1, 0, false, 0, 0),
				new Message.Welcome(3, 1L << 33, 12, 30_000, true, 5_000, 6_000), new Message.Drain(30_000),
				new Message.Stop(), new Message.Leader(true, true, Map.of("task", "due")), new Message.Leader(false),
				new Message.PoolReply(Long.MIN_VALUE, pool(0)), new Message.PoolReply(1, pool(3)),
				new Message.StopAccepting(), new Message.Health(true, ""), new Message.Health(false, "db is DOWN"),
				new Message.BootLog(List.of()), new Message.BootLog(List.of("größer", "")), new Message.RefuseTraffic(),
				new Message.EndConnections(), new Message.RolloutRequest(-1, "asked by an endpoint"),
				new Message.RolloutReply(-1, 7), new Message.Started(), new Message.MainMethod(""),
				new Message.MainMethod("t.App.main(App.java:12)"), new Message.Exiting(-3, true),
				new Message.Exiting(3, false), new Message.Terminated(5), new Message.NoPool("it uses another server"),
				new Message.Noted(5), new Message.Welcome(1, 2, 3, 4, false, 5, 6, Initialization.START, "c2VjcmV0"),
				new Message.Welcome(1, 2, 3, 4, false, 5, 6, Initialization.ROLL_OUT, ""),
				new Message.Welcome(1, 2, 3, 4, false, 5, 6, Initialization.NOTHING, ""),
				new Message.ScaleRequest(9, -7, "größer"), new Message.RetireRequest(-9, 3, "a command"),
				new Message.LogLevelRequest(9, "größer", "DEBUG", ""), new Message.SetLogLevel("a.b", "INHERITED"),
				new Message.DumpRequest(9, 0, ""), new Message.StopRequest(9, "a command"),
				new Message.UpgradeRequest(-9, "größer"), new Message.RequestReply(9, Message.Result.DONE, "größer"),
				new Message.RequestReply(-9, Message.Result.WRONG, ""),
				new Message.RequestReply(9, Message.Result.REFUSED, "no"), new Message.Meters(0, 0, bytes(0)),
				new Message.Meters(-7, 3, bytes(3)), new Message.MetersQuery(8, 3, 1), new Message.CollectMeters(3),
				new Message.MetersReply(8, 0, 0, List.of(), bytes(0)),
				new Message.MetersReply(8, 3, 2, List.of(1, 4), bytes(2)),
				new Message.Call(-1, Message.Call.ALL_OTHERS, 2000, bytes(0)), new Message.Call(1, 3, 10_000, bytes(3)),
				new Message.CallAnswer(-1, 0, 0, bytes(0)), new Message.CallAnswer(1, 40_000, 32_768, bytes(7)),
				new Message.CallNext(1, 32_768), new Message.Perform(1L << 50, bytes(3)),
				new Message.Continue(1L << 50, 32_768),
				new Message.CallResult(1, -1, CallOutcome.UNKNOWN, 0, 0, 0, bytes(0)),
				new Message.CallResult(1, 2, CallOutcome.ANSWERED, 3, 40_000, 32_768, bytes(9)),
				new Message.Resigned(Map.of()), new Message.Resigned(Map.of("größer", "1 2", "", "")),
				new Message.Booting("", List.of()), new Message.Booting("Liquibase (bean größer)", List.of("a.B.c:1")));
	}

	static Blob bytes(int count) {
		byte[] bytes = new byte[count];
		for (int i = 0; i < count; i++) {
			bytes[i] = (byte) (200 + i);
		}
		return Blob.of(bytes);
	}

	static List<Message.FromWorker> fromWorker() {
		return all().stream().filter(Message.FromWorker.class::isInstance).map(Message.FromWorker.class::cast).toList();
	}

	static List<Message.FromMaster> fromMaster() {
		return all().stream().filter(Message.FromMaster.class::isInstance).map(Message.FromMaster.class::cast).toList();
	}

	static PoolSnapshot workers(int count) {
		return new PoolSnapshot(new MasterInfo(1, START, 2, "running"), 4, count,
				IntStream.range(0, count).mapToObj(SampleMessages::worker).toList(), Map.of(), List.of());
	}

	static PoolSnapshot pool(int workers) {
		List<WorkerInfo> infos = IntStream.range(0, workers).mapToObj(SampleMessages::worker).toList();
		Map<String, Long> exits = (workers == 0) ? Map.of() : Map.of("max-requests", 17L, "crash", 1L << 35);
		boolean empty = workers == 0;
		return new PoolSnapshot(empty
				? new MasterInfo(1, START, 2, "running") : new MasterInfo(1, START, 77, "1.2.3", "21+35", "running", 2),
				4, workers,
				empty ? List.of()
						: List.of(new ListenerInfo("http", "[::]:8080", 3, 128),
								new ListenerInfo("management", "127.0.0.1:9000", -1, 0)),
				empty ? List.of() : infos.stream().map(SampleMessages::withFigures).toList(), exits,
				empty ? List.of()
						: List.of(new ExitInfo(9, 4700, "crashed", "exit code 1", START, "/tmp/größer.hprof"),
								new ExitInfo(8, 0, "boot-failed", "", START, "")),
				IntStream.range(0, workers).mapToObj(SampleMessages::rollout).toList(),
				empty ? "" : "the application holds a port");
	}

	private static WorkerInfo withFigures(WorkerInfo worker) {
		boolean ready = worker.index() > 0;
		return new WorkerInfo(worker.index(), worker.id(), worker.pid(), worker.generation(), worker.state(),
				worker.leader(), worker.startedAt(), worker.requests(), worker.inFlight(), 7, 86_400_000L, 10_000,
				ready ? START : null, ready ? 1913 : 0, 12, 1L << 33, 1L << 34, 1L << 35, 123.4, 61);
	}

	private static RolloutInfo rollout(int index) {
		boolean ended = index > 0;
		List<StepInfo> steps = IntStream.range(0, index).mapToObj((i) -> new StepInfo(START, "step " + i)).toList();
		return new RolloutInfo(index + 1, 1, index + 2, ended ? "app.jar 00ff" : "", "SIGHUP",
				ended ? "rolled-back" : "rolling", START, ended ? START.plusSeconds(9) : null, ended ? "bad" : "",
				steps, ended ? List.of("line", "") : List.of());
	}

	private static WorkerInfo worker(int index) {
		return new WorkerInfo(index, index + 1L, 4711 + index, 2, "ready", index == 0, Instant.EPOCH.minusNanos(index),
				1000L * index, index);
	}

}
