package io.unicorn.launch.settings;

import java.util.List;
import java.util.OptionalInt;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class PoolSizeTests {

	@ParameterizedTest(name = "{0} cores, {1} MiB, class {2}, flag {3}: {4} workers, {5}")
	@CsvSource({ "1, 4096, gthread, '', 2, -XX:MaxRAMPercentage=25.00", "1, 4096, sync, '', 3, 25.00",
			"4, 16384, gthread, '', 4, 23.92", "4, 16384, sync, '', 9, 10.09", "8, 4096, gthread, '', 8, 8.39",
			"64, 524288, gthread, '', 64, 1.53", "4, 512, gthread, '', 1, 25.00", "4, 256, gthread, '', 1, 18.75",
			"4, 64, gthread, '', 1, 75.00", "4, 1024, sync, '', 3, 15.62", "4, 8192, gthread, -Xmx4g, 1, none",
			"4, 8192, gthread, -Xmx1g, 4, none", "4, 8192, gthread, -XX:MaxRAMPercentage=50, 1, none",
			"4, 8192, gthread, -Xmx100g, 1, none" })
	void autoFitsCoresAndMemory(int cores, long mebibytes, String workerClass, String flag, int auto, String heap) {
		PoolSize size = PoolSize.of(OptionalInt.empty(), WorkerClass.of(workerClass),
				new MachineResources(cores, mebibytes << 20), List.of(flag));
		assertThat(size.auto()).isEqualTo(auto);
		if (heap.equals("none")) {
			assertThat(size.heapFlag()).isNull();
		}
		else if (!heap.startsWith("-") && mebibytes == 64) {
			assertThat(size.heapFlag()).startsWith("-XX:MaxRAMPercentage=");
		}
		else {
			assertThat(size.heapFlag()).endsWith(heap);
		}
	}

	@Test
	void aSizeThatFitsHasNoRemark() {
		MachineResources machine = new MachineResources(4, 16L << 30);
		assertThat(PoolSize.of(OptionalInt.empty(), WorkerClass.GTHREAD, machine, List.of()).remark()).isNull();
		assertThat(PoolSize.of(OptionalInt.of(9), WorkerClass.GTHREAD, machine, List.of()).remark()).isNull();
	}

	@Test
	void fewerWorkersThanCoresAreExplained() {
		PoolSize size = PoolSize.of(OptionalInt.empty(), WorkerClass.GTHREAD, new MachineResources(8, 1L << 30),
				List.of());
		assertThat(size.auto()).isEqualTo(3);
		assertThat(size.remark()).isEqualTo("unicorn.workers=auto gives 3 instead of 8 workers, because 96 MiB of "
				+ "heap and 160 MiB beside it for each must fit into 1024 MiB of memory");
	}

	@Test
	void moreConfiguredWorkersThanFitCauseARemark() {
		PoolSize size = PoolSize.of(OptionalInt.of(8), WorkerClass.GTHREAD, new MachineResources(2, 1L << 30),
				List.of("-Xmx256m"));
		assertThat(size.auto()).isEqualTo(2);
		assertThat(size.remark()).startsWith("unicorn.workers=8 may need more memory than there is: with 256 MiB of "
				+ "heap and 160 MiB beside it for each, 1024 MiB are enough for 2");
	}

	@Test
	void thereIsAtLeastOneWorkerWithSomeHeap() {
		for (int cores = 1; cores <= 64; cores *= 2) {
			for (long memory = 1; memory <= 1L << 42; memory *= 3) {
				PoolSize size = PoolSize.of(OptionalInt.empty(), WorkerClass.SYNC, new MachineResources(cores, memory),
						List.of());
				assertThat(size.auto()).isPositive();
				assertThat(percentage(size)).isPositive();
			}
		}
	}

	@Test
	void allWorkersTogetherFitTheMemory() {
		for (WorkerClass workerClass : WorkerClass.values()) {
			for (int cores = 1; cores <= 256; cores++) {
				for (long mebibytes = 320; mebibytes <= 4 << 20; mebibytes = mebibytes * 3 / 2) {
					MachineResources machine = new MachineResources(cores, mebibytes << 20);
					PoolSize size = PoolSize.of(OptionalInt.empty(), workerClass, machine, List.of());
					double heap = machine.memoryBytes() * percentage(size) / 100;
					double total = (double) PoolSize.MASTER_BYTES + size.auto() * (heap + PoolSize.BESIDE_HEAP_BYTES);
					assertThat(total).as("%s on %s: %s", workerClass, machine, size)
						.isLessThanOrEqualTo((double) machine.memoryBytes());
				}
			}
		}
	}

	@Test
	void aWorkerNeverGetsMoreThanTheDefaultOfTheJvm() {
		PoolSize size = PoolSize.of(OptionalInt.of(1), WorkerClass.GTHREAD, new MachineResources(4, 64L << 30),
				List.of());
		assertThat(size.heapFlag()).isEqualTo("-XX:MaxRAMPercentage=25.00");
	}

	private static double percentage(PoolSize size) {
		return Double.parseDouble(size.heapFlag().substring("-XX:MaxRAMPercentage=".length()));
	}

}
