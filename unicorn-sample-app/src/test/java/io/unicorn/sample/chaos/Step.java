package io.unicorn.sample.chaos;

import java.io.IOException;

/**
 * What may happen to a pool. Each step lasts some seconds, and what it has taken away, it
 * gives back.
 */
enum Step {

	/** The requests that the worker was serving are lost. */
	KILL_A_WORKER(true) {

		@Override
		void strike(ChaosPool pool) throws IOException {
			pool.signalWorker("KILL");
		}

	},

	/** A worker that is stopped for longer than its timeout is killed. */
	STOP_A_WORKER(true) {

		@Override
		void strike(ChaosPool pool) throws IOException {
			long pid = pool.signalWorker("STOP");
			pool.pause(12_000);
			pool.signalIfAlive(pid, "CONT");
		}

	},

	TERM_A_WORKER(false) {

		@Override
		void strike(ChaosPool pool) throws IOException {
			pool.signalWorker("TERM");
		}

	},

	/** Workers serve on without their master. */
	STOP_THE_MASTER(false) {

		@Override
		void strike(ChaosPool pool) {
			pool.signalMaster("STOP");
			pool.pause(10_000);
			pool.signalMaster("CONT");
		}

	},

	/** A worker dies while the master is stopped. */
	KILL_A_WORKER_OF_A_STOPPED_MASTER(true) {

		@Override
		void strike(ChaosPool pool) throws IOException {
			long pid = pool.worker();
			pool.signalMaster("STOP");
			pool.signalIfAlive(pid, "KILL");
			pool.pause(4000);
			pool.signalMaster("CONT");
		}

	},

	ROLL_OUT(false) {

		@Override
		void strike(ChaosPool pool) throws IOException {
			pool.replaceByGoodCode();
			pool.rollOut("succeeded");
		}

	},

	ROLL_OUT_CODE_THAT_DOES_NOT_BOOT(false) {

		@Override
		void strike(ChaosPool pool) throws IOException {
			pool.replaceByCodeThatDoesNotBoot();
			pool.rollOut("rolled-back");
			pool.replaceByGoodCode();
		}

	},

	ROLL_OUT_WHAT_IS_NO_JAR(false) {

		@Override
		void strike(ChaosPool pool) throws IOException {
			pool.replaceByGarbage();
			pool.rollOut("rolled-back");
			pool.replaceByGoodCode();
		}

	},

	/** The roll-out ends somehow, and the pool is complete afterwards. */
	KILL_A_WORKER_DURING_A_ROLL_OUT(true) {

		@Override
		void strike(ChaosPool pool) throws IOException {
			pool.signalMaster("HUP");
			pool.pause(15_000);
			pool.signalWorker("KILL");
		}

	},

	ADD_A_WORKER(false) {

		@Override
		void strike(ChaosPool pool) {
			pool.scale(1);
		}

	},

	REMOVE_A_WORKER(false) {

		@Override
		void strike(ChaosPool pool) {
			pool.scale(-1);
		}

	},

	REOPEN_LOGS(false) {

		@Override
		void strike(ChaosPool pool) {
			pool.signalMaster("USR1");
		}

	},

	REPLACE_THE_MASTER(false) {

		@Override
		void strike(ChaosPool pool) {
			pool.signalMaster("USR2");
			pool.pause(5000);
		}

	},

	/** Many signals at once. */
	SIGNALS(false) {

		@Override
		void strike(ChaosPool pool) {
			for (int i = 0; i < 20; i++) {
				pool.signalMaster(pool.choose("HUP", "USR1", "USR2"));
			}
		}

	},

	/**
	 * A roll-out fails or succeeds, and a killed worker comes back when there is room.
	 */
	FILL_THE_DISK(true) {

		@Override
		void strike(ChaosPool pool) throws IOException {
			pool.fillDisk();
			pool.signalMaster("HUP");
			pool.signalWorker("KILL");
			pool.pause(8000);
			pool.emptyDisk();
		}

	},

	/** The master can open nothing more for a while. */
	TAKE_DESCRIPTORS(true) {

		@Override
		void strike(ChaosPool pool) throws IOException {
			pool.limitDescriptors();
			pool.signalWorker("KILL");
			pool.signalMaster("HUP");
			pool.pause(5000);
			pool.restoreDescriptors();
		}

	},

	/** A cleaner removes what it takes for old. */
	DELETE_FILES(true) {

		@Override
		void strike(ChaosPool pool) throws IOException {
			pool.deleteFiles();
			pool.signalWorker("KILL");
		}

	};

	private final boolean losing;

	Step(boolean losing) {
		this.losing = losing;
	}

	/** Whether requests in flight may be lost, because a worker is killed. */
	boolean isLosing() {
		return this.losing;
	}

	abstract void strike(ChaosPool pool) throws IOException;

}
