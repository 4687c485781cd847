package io.unicorn.master.arbiter;

import java.time.Duration;
import java.util.Set;

import io.unicorn.launch.settings.HookSettings;
import io.unicorn.launch.settings.PoolSettings;

/**
 * What new code is like and what goes wrong in a {@link SimulatedPool}, from now on until
 * it is set again. A chance is a number from 0 to 1.
 */
public final class Script {

	private Faults faults = Faults.none();

	private PoolSettings settings;

	private Set<String> addresses = Set.of("* 8080");

	private double preparationFailures;

	private boolean preparationHangs;

	private boolean preparationIsLate;

	private double sickCode;

	private double badAnswers;

	private boolean checksHang;

	private boolean onlyOneBoots;

	private boolean slowBoots;

	private int backlog;

	private String cacheKey = "";

	private double trainingFailures;

	private boolean trainingHangs;

	private boolean trainingIsPostponed;

	private double cacheRejections;

	private boolean mainReturns = true;

	private boolean heapDumpStands;

	private String identity = "";

	private double lostCode;

	private double restoredCode = 1;

	private String otherCode = "";

	private HookSettings hooks = HookSettings.NONE;

	private boolean hooksHang;

	private Duration migration = Duration.ZERO;

	Script(PoolSettings settings) {
		this.settings = settings;
	}

	/** Set what goes wrong with workers that are started from now on. */
	public Script faults(Faults faults) {
		this.faults = faults;
		return this;
	}

	/** Set the settings that new code brings, and that workers report. */
	public Script settings(PoolSettings settings) {
		this.settings = settings;
		return this;
	}

	/** Set the hooks of new code. */
	public Script hooks(HookSettings hooks) {
		this.hooks = hooks;
		return this;
	}

	HookSettings hooks() {
		return this.hooks;
	}

	/** Set whether the end of a hook is never reported. */
	public Script hooksHang(boolean hang) {
		this.hooksHang = hang;
		return this;
	}

	boolean hooksHang() {
		return this.hooksHang;
	}

	/** Set the addresses of new code. */
	public Script addresses(Set<String> addresses) {
		this.addresses = addresses;
		return this;
	}

	/** Set the chance that a preparation fails. */
	public Script preparationFailures(double preparationFailures) {
		this.preparationFailures = preparationFailures;
		return this;
	}

	/** Let preparations neither succeed nor fail by themselves. */
	public Script preparationHangs(boolean preparationHangs) {
		this.preparationHangs = preparationHangs;
		return this;
	}

	/** Let preparations that are cancelled have succeeded just before. */
	public Script preparationIsLate(boolean preparationIsLate) {
		this.preparationIsLate = preparationIsLate;
		return this;
	}

	/** Set the chance that new code reports bad health. */
	Script sickCode(double sickCode) {
		this.sickCode = sickCode;
		return this;
	}

	/** Set the chance that new code answers with errors only. */
	public Script badAnswers(double badAnswers) {
		this.badAnswers = badAnswers;
		return this;
	}

	/** Let readiness checks answer once and never again. */
	public Script checksHang(boolean checksHang) {
		this.checksHang = checksHang;
		return this;
	}

	/** Let a worker boot only if no other one runs, because each opens the same port. */
	public Script onlyOneBoots(boolean onlyOneBoots) {
		this.onlyOneBoots = onlyOneBoots;
		return this;
	}

	/** Let boots take nearly as long as the boot-timeout allows. */
	public Script slowBoots(boolean slowBoots) {
		this.slowBoots = slowBoots;
		return this;
	}

	/** Set how many connections wait on addresses that are blocked. */
	public Script backlog(int backlog) {
		this.backlog = backlog;
		return this;
	}

	/** Set the key of the class-data cache of new code; empty for none. */
	Script cacheKey(String cacheKey) {
		this.cacheKey = cacheKey;
		return this;
	}

	/** Set the chance that a training fails. */
	Script trainingFailures(double trainingFailures) {
		this.trainingFailures = trainingFailures;
		return this;
	}

	/** Let trainings neither succeed nor fail by themselves. */
	Script trainingHangs(boolean trainingHangs) {
		this.trainingHangs = trainingHangs;
		return this;
	}

	/** Let another pool train a cache all the time. */
	Script trainingIsPostponed(boolean trainingIsPostponed) {
		this.trainingIsPostponed = trainingIsPostponed;
		return this;
	}

	/** Set the chance that a worker does not use its cache. */
	Script cacheRejections(double cacheRejections) {
		this.cacheRejections = cacheRejections;
		return this;
	}

	/** Set whether the main method returns before the worker is ready, or never. */
	Script mainReturns(boolean mainReturns) {
		this.mainReturns = mainReturns;
		return this;
	}

	/** Let silent workers have a heap dump that does not grow. */
	Script heapDumpStands(boolean heapDumpStands) {
		this.heapDumpStands = heapDumpStands;
		return this;
	}

	boolean heapDumpStands() {
		return this.heapDumpStands;
	}

	boolean mainReturns() {
		return this.mainReturns;
	}

	/** Set what identifies new code with its settings; empty if that is not known. */
	public Script identity(String identity) {
		this.identity = identity;
		return this;
	}

	/** Set the chance that the code of a worker is gone when the worker is started. */
	public Script lostCode(double lostCode) {
		this.lostCode = lostCode;
		return this;
	}

	/** Set the chance that lost code can be made again. */
	public Script restoredCode(double restoredCode) {
		this.restoredCode = restoredCode;
		return this;
	}

	/** Set what is in the place of lost code; empty for nothing. */
	public Script otherCode(String otherCode) {
		this.otherCode = otherCode;
		return this;
	}

	/** Set how long the initialization of what all workers share takes. */
	public Script migration(Duration migration) {
		this.migration = migration;
		return this;
	}

	Faults faults() {
		return this.faults;
	}

	PoolSettings settings() {
		return this.settings;
	}

	Set<String> addresses() {
		return this.addresses;
	}

	double preparationFailures() {
		return this.preparationFailures;
	}

	boolean preparationHangs() {
		return this.preparationHangs;
	}

	boolean preparationIsLate() {
		return this.preparationIsLate;
	}

	double sickCode() {
		return this.sickCode;
	}

	double badAnswers() {
		return this.badAnswers;
	}

	boolean checksHang() {
		return this.checksHang;
	}

	boolean onlyOneBoots() {
		return this.onlyOneBoots;
	}

	boolean slowBoots() {
		return this.slowBoots;
	}

	int backlog() {
		return this.backlog;
	}

	String cacheKey() {
		return this.cacheKey;
	}

	double trainingFailures() {
		return this.trainingFailures;
	}

	boolean trainingHangs() {
		return this.trainingHangs;
	}

	boolean trainingIsPostponed() {
		return this.trainingIsPostponed;
	}

	String identity() {
		return this.identity;
	}

	double lostCode() {
		return this.lostCode;
	}

	double restoredCode() {
		return this.restoredCode;
	}

	String otherCode() {
		return this.otherCode;
	}

	Duration migration() {
		return this.migration;
	}

	double cacheRejections() {
		return this.cacheRejections;
	}

}
