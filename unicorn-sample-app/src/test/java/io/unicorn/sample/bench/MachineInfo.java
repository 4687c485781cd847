package io.unicorn.sample.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

import com.sun.management.OperatingSystemMXBean;
import io.unicorn.sample.bench.load.Wrk;

/**
 * The machine, the time and the tools of a run.
 *
 * @param date when the run began
 * @param system the operating system
 * @param processor the model of the processor
 * @param processors how many there are
 * @param memoryMebibytes how much memory there is
 * @param jdks the JDKs
 * @param generator what makes the load
 * @param quick whether the run was quick rather than exact
 * @param loadBefore the load average before the run, made by other processes
 * @param loadAfter the load average after the run
 */
public record MachineInfo(String date, String system, String processor, int processors, long memoryMebibytes,
		List<String> jdks, String generator, boolean quick, double loadBefore, double loadAfter) {

	public MachineInfo {
		jdks = List.copyOf(jdks);
	}

	static MachineInfo current(List<Jdk> jdks, boolean quick) throws IOException {
		long bytes = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
		return new MachineInfo(Instant.now().truncatedTo(ChronoUnit.MINUTES).toString(),
				System.getProperty("os.name") + " " + System.getProperty("os.version"), ProcFile.processor(),
				Runtime.getRuntime().availableProcessors(), bytes / (1024 * 1024),
				jdks.stream().map(Jdk::description).toList(), Wrk.generator(), quick, ProcFile.load(), 0);
	}

	MachineInfo after() throws IOException {
		return new MachineInfo(this.date, this.system, this.processor, this.processors, this.memoryMebibytes, this.jdks,
				this.generator, this.quick, this.loadBefore, ProcFile.load());
	}

	public List<String> lines() {
		List<String> lines = new ArrayList<>();
		lines.add(this.date + (this.quick ? ", **quick run: fewer and shorter rounds**" : ""));
		lines.add("%s, %d × %s, %,d MiB".formatted(this.system, this.processors, this.processor, this.memoryMebibytes));
		lines.add("JDK " + String.join("; JDK ", this.jdks));
		lines.add("load by " + this.generator + ", on the same machine");
		lines.add("load average %.1f before the run (by others), %.1f after it".formatted(this.loadBefore,
				this.loadAfter));
		return lines;
	}

}
