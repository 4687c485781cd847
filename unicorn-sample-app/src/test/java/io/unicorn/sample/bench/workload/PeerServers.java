package io.unicorn.sample.bench.workload;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import io.unicorn.sample.bench.App;
import io.unicorn.sample.bench.Bench;
import io.unicorn.sample.bench.Settings;
import io.unicorn.sample.soak.ForkingServer;

/**
 * Starts the installed other servers with a master and workers, and pools to compare them
 * with.
 */
final class PeerServers {

	static final List<String> GUNICORN_CLASSES = List.of("sync", "gthread");

	private final Bench bench;

	PeerServers(Bench bench) {
		this.bench = bench;
	}

	/** All of them with two workers. */
	List<ForkingServer> all() throws IOException {
		List<ForkingServer> all = new ArrayList<>(gunicorns(2));
		if (Settings.isInstalled("nginx")) {
			Path directory = Files.createDirectories(this.bench.directory("nginx"));
			all.add(this.bench.closing(ForkingServer.nginx(this.bench.settings().soak(), directory)));
		}
		else {
			this.bench.remark("nginx is not installed");
		}
		return all;
	}

	/** One for each class of workers. */
	List<ForkingServer> gunicorns(int workers) throws IOException {
		List<ForkingServer> all = new ArrayList<>();
		if (!Settings.isInstalled("gunicorn")) {
			this.bench.remark("gunicorn is not installed");
			return all;
		}
		for (String workerClass : GUNICORN_CLASSES) {
			Path directory = Files.createDirectories(this.bench.directory("gunicorn-" + workerClass + workers));
			all.add(this.bench
				.closing(ForkingServer.gunicorn(workerClass, workers, this.bench.settings().soak(), directory)));
		}
		return all;
	}

	App pool(int workers) throws IOException, InterruptedException {
		return this.bench.start(this.bench.warmPool("--unicorn.workers=" + workers).args("--unicorn.threads=8"))
			.complete();
	}

	static int port(ForkingServer server) {
		return server.dialer().address().getPort();
	}

}
