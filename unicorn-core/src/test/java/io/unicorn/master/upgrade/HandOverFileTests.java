package io.unicorn.master.upgrade;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

import io.unicorn.ipc.Message;
import io.unicorn.ipc.PoolSnapshot;
import io.unicorn.launch.plan.SamplePlans;
import io.unicorn.master.arbiter.pool.ArbiterState;
import io.unicorn.master.arbiter.pool.ArbiterState.SavedWorker;
import io.unicorn.master.arbiter.pool.ExitReason;
import io.unicorn.master.arbiter.pool.WorkerState;
import io.unicorn.master.process.WorkerConnection;
import io.unicorn.meters.Family;
import io.unicorn.meters.MeterBatch;
import io.unicorn.meters.MeterTable;
import io.unicorn.meters.Series;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

class HandOverFileTests {

	private static final Instant NOW = Instant.parse("2026-01-01T00:00:00.123456789Z");

	@TempDir
	private Path directory;

	private Path file() {
		return this.directory.resolve("state");
	}

	static HandOver full() {
		PoolSnapshot pool = new PoolSnapshot(new PoolSnapshot.MasterInfo(7, NOW, 3, "running"), 4, 2, List.of(),
				List.of(), Map.of("crashed", 5L),
				List.of(new PoolSnapshot.ExitInfo(7, 4709, "crashed", "exit code 1", NOW, "")),
				List.of(new PoolSnapshot.RolloutInfo(2, 1, 3, "app.jar", "SIGHUP", "succeeded", NOW, NOW.plusSeconds(3),
						"", List.of(), List.of("line"))),
				"");
		SavedWorker ready = new SavedWorker(9, 1, 3, true, false, 2, NOW, 4711, WorkerState.READY, NOW.plusSeconds(2),
				new Message.Heartbeat(1, 2, 3, 4, 5, 6, 7), new Message.Retire("max-requests", "x"), null, Instant.MAX,
				null);
		SavedWorker leaving = new SavedWorker(8, 0, 1, false, true, 0, NOW, 4710, WorkerState.DRAINING, NOW,
				new Message.Heartbeat(0, 0, 0, 0, 0, 0), null, ExitReason.RELOAD, NOW.plusSeconds(30), NOW);
		return new HandOver(
				new ArbiterState(NOW, pool, 5, 6, "SIGHUP", 9, 9, Map.of("task", "due"), true, List
					.of(leaving, ready), "c2VjcmV0"),
				Map.of(3, SamplePlans.bare()), SamplePlans.bare(), Map.of("* 8080", 100),
				List.of(new WorkerConnection(9, 4711, 101, ByteBuffer.wrap(new byte[] { 1, 2 }),
						ByteBuffer.wrap(new byte[] { 3 })),
						new WorkerConnection(8, 4710, WorkerConnection.NONE, ByteBuffer.allocate(0),
								ByteBuffer.allocate(0))),
				"/work/generations/ab",
				List.of(new MeterTable.Saved(MeterTable.DEPARTED, -1, new MeterBatch(Map.of(), List.of())),
						new MeterTable.Saved(9, 1, meters())));
	}

	private static MeterBatch meters() {
		Family family = new Family("requests", Family.Type.COUNTER, "Requests");
		Series.Key key = new Series.Key("requests", Family.Type.COUNTER, Series.Labels.join(List.of("uri", "/")),
				Series.POOL);
		return new MeterBatch(Map.of("requests", family), List.of(Series.of(key, 3), Series.of(key.of(1), 0.5)));
	}

	@Test
	void aStateIsReadAsItWasWritten() throws IOException {
		HandOverFile.write(full(), file());
		assertThat(HandOverFile.read(file())).isEqualTo(full());
	}

	@Test
	void onlyTheOwnerCanReadIt() throws IOException {
		HandOverFile.write(full(), file());
		assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file()))).isEqualTo("rw-------");
	}

	@Test
	void aStateThatIsCutOffAnywhereIsRefused() throws IOException {
		HandOverFile.write(full(), file());
		byte[] whole = Files.readAllBytes(file());
		for (int length = 0; length < whole.length; length++) {
			Files.write(file(), Arrays.copyOf(whole, length));
			assertThatIOException().as("the first %s bytes", length).isThrownBy(() -> HandOverFile.read(file()));
		}
	}

	@Test
	void aStateOfAnotherVersionIsRefused() throws IOException {
		HandOverFile.write(full(), file());
		byte[] bytes = Files.readAllBytes(file());
		bytes[3]++;
		Files.write(file(), bytes);
		assertThatIOException().isThrownBy(() -> HandOverFile.read(file()))
			.withMessage(file() + " was left by a master of another version");
	}

}
