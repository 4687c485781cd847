package io.unicorn.reactive;

import io.unicorn.boot.PoolWorker;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Shows which worker answered.
 */
@RestController
class WhoAmIController {

	private final long pid = ProcessHandle.current().pid();

	private final @Nullable PoolWorker worker;

	private final String version;

	WhoAmIController(ObjectProvider<PoolWorker> worker, @Value("${sample.version:1}") String version) {
		this.worker = worker.getIfAvailable();
		this.version = version;
	}

	@GetMapping("/whoami")
	WhoAmI whoAmI() {
		PoolWorker worker = this.worker;
		return (worker != null)
				? new WhoAmI(this.pid, worker.index(), worker.generation(), worker.isLeader(), this.version)
				: new WhoAmI(this.pid, null, null, true, this.version);
	}

	record WhoAmI(long pid, @Nullable Integer worker, @Nullable Integer generation, boolean leader, String version) {
	}

}
