package io.unicorn.master;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

import io.unicorn.launch.plan.MasterLog;
import io.unicorn.master.arbiter.pool.Effect;
import io.unicorn.master.log.LogQueue;
import io.unicorn.master.log.LogWriter;
import io.unicorn.master.process.OomKills;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * The files that the master writes and reads: pid files, the log, the counter of kills
 * for want of memory.
 */
class MasterFilesTests {

	@TempDir
	private Path directory;

	private LogWriter log() {
		return new LogWriter(4711, "shop", MasterLog.text(this.directory.resolve("app.log").toString()));
	}

	private void write(PidFiles files) {
		LogQueue queue = new LogQueue(log());
		files.write(queue);
		queue.flush(Duration.ofSeconds(10));
	}

	@Test
	void aWriterThatIsStuckHoldsNobodyUpAndWhatWasDroppedIsCounted() throws Exception {
		LogQueue queue = new LogQueue(log());
		CountDownLatch stuck = new CountDownLatch(1);
		CountDownLatch release = new CountDownLatch(1);
		queue.add(() -> {
			stuck.countDown();
			awaitQuietly(release);
		});
		stuck.await();
		for (int i = 0; i < 5000; i++) {
			queue.write(Effect.Level.INFO, "line " + i);
		}
		release.countDown();
		queue.flush(Duration.ofSeconds(10));
		assertThat(logged()).hasSize(4096 + 1)
			.anySatisfy((line) -> assertThat(line).contains("904 lines of the log were dropped"));
	}

	private static void awaitQuietly(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private List<String> logged() throws IOException {
		return Files.readAllLines(this.directory.resolve("app.log"));
	}

	@Test
	void pidFilesHoldThePidWhileTheMasterRuns() {
		Path one = this.directory.resolve("run/deep/one.pid");
		Path other = this.directory.resolve("other.pid");
		PidFiles files = new PidFiles(List.of(one.toString(), other.toString()), 4711);
		write(files);
		assertThat(one).hasContent("4711");
		assertThat(other).hasContent("4711");
		files.delete();
		assertThat(one).doesNotExist();
		assertThat(other).doesNotExist();
	}

	@Test
	void aPidFileThatNamesAnotherProcessByNowIsLeftAlone() throws IOException {
		Path file = this.directory.resolve("one.pid");
		PidFiles files = new PidFiles(List.of(file.toString()), 4711);
		write(files);
		Files.writeString(file, "4712\n");
		files.delete();
		assertThat(file).hasContent("4712");
	}

	@Test
	void aPidFileThatSomebodyTouchedWithAnEditorIsStillOurs() throws IOException {
		Path file = this.directory.resolve("one.pid");
		Files.writeString(file, "4711\n");
		new PidFiles(List.of(file.toString()), 4711).delete();
		assertThat(file).doesNotExist();
	}

	@Test
	void aPidFileThatMustBeLeftAloneIsALineInTheLog() throws IOException {
		Path victim = Files.writeString(this.directory.resolve("victim"), "x");
		Path link = Files.createSymbolicLink(this.directory.resolve("link.pid"), victim);
		write(new PidFiles(List.of(link.toString()), 4711));
		assertThat(victim).hasContent("x");
		assertThat(logged()).singleElement()
			.asString()
			.contains(" WARN ", "pid file " + link + " cannot be written: it is a symbolic link");
	}

	@Test
	void aPortFileIsWrittenAndDeletedByTheMaster() throws IOException {
		Path file = this.directory.resolve("run/app.port");
		PortFiles.write(file, 8080, new LogQueue(log()));
		assertThat(file).hasContent("8080");
		new PortFiles(Map.of("http", file.toString(), "management", this.directory.resolve("none").toString()))
			.delete();
		assertThat(file).doesNotExist();
	}

	@Test
	void aPidFileThatCannotBeWrittenIsNoReasonToStop() throws IOException {
		Path bad = Files.writeString(this.directory.resolve("file"), "").resolve("below.pid");
		Path good = this.directory.resolve("good.pid");
		PidFiles files = new PidFiles(List.of(bad.toString(), good.toString()), 4711);
		write(files);
		assertThat(good).hasContent("4711");
		assertThat(logged()).singleElement().asString().contains(" WARN ", "pid file " + bad + " cannot be written");
		assertThatNoException().isThrownBy(files::delete);
	}

	@Test
	void linesLookLikeSpringBootsOwn() throws IOException {
		LogWriter log = log();
		log.write(Effect.Level.INFO, "worker 1 (pid 4712) ready \u2713");
		log.write(Effect.Level.ERROR, "worker 1 exited");
		assertThat(logged()).hasSize(2);
		assertThat(logged().get(0))
			.matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}(Z|[+-]\\d\\d:\\d\\d)  INFO 4711 "
					+ "--- \\[shop\\] \\[         master\\] io\\.unicorn\\.master\\.Master                 : "
					+ "worker 1 \\(pid 4712\\) ready \u2713");
		assertThat(logged().get(1)).contains(" ERROR 4711 --- ").endsWith(" : worker 1 exited");
	}

	@Test
	void anApplicationWithoutANameLeavesNoGap() throws IOException {
		new LogWriter(1, "", MasterLog.text(this.directory.resolve("app.log").toString())).write(Effect.Level.INFO,
				"x");
		assertThat(logged().get(0)).contains(" INFO 1 --- [         master] io.unicorn");
	}

	@Test
	void linesAreAddedToTheFile() throws IOException {
		Files.writeString(this.directory.resolve("app.log"), "earlier\n");
		log().write(Effect.Level.INFO, "later");
		assertThat(logged()).hasSize(2).first().isEqualTo("earlier");
	}

	@Test
	void afterARenameReopeningStartsANewFile() throws IOException {
		LogWriter log = log();
		log.write(Effect.Level.INFO, "before");
		Files.move(this.directory.resolve("app.log"), this.directory.resolve("app.log.1"));
		log.write(Effect.Level.INFO, "still the old one");
		log.reopen();
		log.write(Effect.Level.INFO, "after");
		assertThat(Files.readAllLines(this.directory.resolve("app.log.1"))).hasSize(2);
		assertThat(logged()).singleElement().asString().endsWith("after");
	}

	@Test
	void aLogFileThatCannotBeOpenedIsNoReasonToStop() throws IOException {
		LogWriter log = new LogWriter(1, "shop", MasterLog.text(this.directory.resolve("missing/app.log").toString()));
		log.write(Effect.Level.INFO, "on the console alone");
		Files.createDirectory(this.directory.resolve("missing"));
		log.reopen();
		log.write(Effect.Level.INFO, "in the file");
		assertThat(Files.readAllLines(this.directory.resolve("missing/app.log"))).singleElement()
			.asString()
			.endsWith("in the file");
	}

	@Test
	void aFaultOfOurOwnHasAStackTrace() throws IOException {
		log().fault("it goes on", new IllegalStateException("oh"));
		assertThat(logged().get(0)).contains("ERROR").endsWith("it goes on");
		assertThat(logged()).contains("java.lang.IllegalStateException: oh")
			.anyMatch((line) -> line.contains("aFaultOfOurOwnHasAStackTrace"));
	}

	@Test
	void aKillForWantOfMemoryIsToldOnce() throws IOException {
		Path events = Files.writeString(this.directory.resolve("memory.events"), "low 0\nhigh 3\noom 1\noom_kill 2\n");
		OomKills kills = new OomKills(events);
		assertThat(kills.sinceLast()).isFalse();
		Files.writeString(events, "low 0\nhigh 3\noom 2\noom_kill 3\noom_group_kill 0\n");
		assertThat(kills.sinceLast()).isTrue();
		assertThat(kills.sinceLast()).isFalse();
	}

	@Test
	void aCounterThatCannotBeReadTellsNothing() throws IOException {
		Path events = this.directory.resolve("memory.events");
		OomKills kills = new OomKills(events);
		assertThat(kills.sinceLast()).isFalse();
		Files.writeString(events, "oom_kill many\n");
		assertThat(kills.sinceLast()).isFalse();
		assertThatNoException().isThrownBy(OomKills::new);
	}

}
