package io.unicorn.launch.plan;

import java.nio.file.Files;
import java.nio.file.Path;

import io.unicorn.launch.settings.WorkerFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class WorkerFlagsTests {

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { "-Xlog:gc*:file=gc.log|-Xlog:gc*:file=gc-worker-3.log",
			"-Xlog:gc:gc.log|-Xlog:gc:gc-worker-3.log", "-Xlog::a/gc.log|-Xlog::a/gc-worker-3.log",
			"-Xlog:gc*,safepoint:file=/l/gc.log:time,pid|-Xlog:gc*,safepoint:file=/l/gc-worker-3.log:time,pid",
			"-Xlog:gc:file=gc.log::filecount=3,filesize=1M|-Xlog:gc:file=gc-worker-3.log::filecount=3,filesize=1M",
			"-Xlog:gc:file=gc.log::filesize=1M,filecount=0|-Xlog:gc:file=gc-worker-3.log::filecount=1,filesize=0",
			"-Xlog:gc:file=\"a:b.log\":time|-Xlog:gc:file=\"a:b-worker-3.log\":time",
			"-Xlog:gc:\"a b.log\"|-Xlog:gc:\"a b-worker-3.log\"", "-Xloggc:gc.log|-Xloggc:gc-worker-3.log",
			"-Xlog:gc:file=gc-%t.log|-Xlog:gc:file=gc-%t-worker-3.log",
			"-XX:HeapDumpPath=/d/heap.hprof|-XX:HeapDumpPath=/d/heap-worker-3.hprof",
			"-XX:HeapDumpPath=heap-%p.hprof|-XX:HeapDumpPath=heap-%p-worker-3.hprof",
			"-XX:ErrorFile=/var/err|-XX:ErrorFile=/var/err-worker-3", "-XX:LogFile=vm.log|-XX:LogFile=vm-worker-3.log",
			"-XX:ReplayDataFile=r.log|-XX:ReplayDataFile=r-worker-3.log",
			"-XX:StartFlightRecording=filename=r.jfr,dumponexit=true|"
					+ "-XX:StartFlightRecording=filename=r-worker-3.jfr,dumponexit=true",
			"-XX:StartFlightRecording:duration=1m,filename=r.jfr|"
					+ "-XX:StartFlightRecording:duration=1m,filename=r-worker-3.jfr",
			"-XX:ErrorFile=/dev/shm/err.log|-XX:ErrorFile=/dev/shm/err-worker-3.log" })
	void aFileOfTheJvmIsNamedAfterTheWorker(String flag, String expected) {
		assertThat(WorkerFlags.of(3).in(flag)).isEqualTo(expected);
	}

	@ParameterizedTest
	@ValueSource(strings = { "-Xlog", "-Xlog:gc", "-Xlog:gc*:stdout:time", "-Xlog:gc:stderr", "-Xlog:gc::time",
			"-Xlog:disable", "-Xlog:gc:file=gc-%p.log", "-Xlog:gc:file=/dev/stdout", "-XX:ErrorFile=err%p.log",
			"-XX:HeapDumpPath=/tmp", "-XX:HeapDumpPath=/dev/null", "-XX:+HeapDumpOnOutOfMemoryError",
			"-XX:StartFlightRecording", "-XX:StartFlightRecording=duration=1m", "-Xmx1g", "-Dlog=gc.log",
			"-XX:StartFlightRecording=filename=/tmp", "-Xloggc:/l/%p.log", "-XX:CompileCommandFile=c.txt" })
	void whatWorkersCanShareStays(String flag) {
		assertThat(WorkerFlags.of(3).in(flag)).isEqualTo(flag);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "-Dx.port=940{worker}|-Dx.port=9403", "-Xlog:gc:file={worker}.log|-Xlog:gc:file=3.log",
					"-javaagent:a.jar=940{worker}:c-{worker}.yaml|-javaagent:a.jar=9403:c-3.yaml" })
	void thePlaceholderIsTheIndex(String flag, String expected) {
		assertThat(WorkerFlags.of(3).in(flag)).isEqualTo(expected);
	}

	@Test
	void aPipeIsShared(@TempDir Path directory) throws Exception {
		Path pipe = directory.resolve("gc.log");
		assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
		assertThat(WorkerFile.of(pipe.toString(), "-worker-0")).isEqualTo(pipe.toString());
		Files.delete(pipe);
		assertThat(WorkerFile.of(pipe.toString(), "-worker-0"))
			.isEqualTo(directory.resolve("gc-worker-0.log").toString());
	}

	@ParameterizedTest
	@CsvSource({ "app.log, app-worker-0.log", "logs/app.log, logs/app-worker-0.log", "app, app-worker-0",
			"logs.d/app, logs.d/app-worker-0", "/var/log/a.b.log, /var/log/a.b-worker-0.log",
			".hidden, .hidden-worker-0", "logs/.hidden, logs/.hidden-worker-0", "app., app-worker-0." })
	void aWorkersFileHasItsNumberInFrontOfTheExtension(String file, String expected) {
		assertThat(WorkerFile.of(file, "-worker-0")).isEqualTo(expected);
	}

}
