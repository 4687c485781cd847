package io.unicorn.master.process;

import java.io.IOException;
import java.nio.file.Path;

import io.unicorn.launch.workdir.ProcessTable;
import io.unicorn.master.arbiter.pool.ProcessSignal;

/**
 * The signals that a process handles, as the kernel knows it.
 *
 * @param caught the mask of these signals, the lowest bit is signal 1
 */
record SignalHandlers(long caught) {

	/**
	 * Return the signals that a process handles now; none if it has ended.
	 * @param proc where the files of processes are, usually {@code /proc}
	 */
	static SignalHandlers of(int pid, Path proc) {
		try {
			String caught = new ProcessTable(proc).status(Integer.toString(pid), "SigCgt");
			return new SignalHandlers(Long.parseUnsignedLong(caught, 16));
		}
		catch (IOException | NumberFormatException ex) {
			return new SignalHandlers(0);
		}
	}

	boolean handles(ProcessSignal signal) {
		return (this.caught >>> (signal.number() - 1) & 1) == 1;
	}

}
