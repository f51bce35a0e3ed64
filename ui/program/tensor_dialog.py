"""The form for a new tensor (or an old one): what is entered, what is wrong with it, and the line it will write."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QFormLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from ui.dialogs.buttons import Standard, accept_buttons, level_labels
from ui.fonts import editor_font
from ui.i18n import tr
from ui.naming import name
from visgrad.program.builder import DTYPES, INITS, FormError, TensorSpec, tensor_line

DEVICES = ("", "cpu", "cuda")
NUMBERS = {"values", "full"}


class TensorDialog(QDialog):
    """`spec()`: what has been entered.  `taken`: the names it may not have."""

    def __init__(
        self,
        taken: set[str],
        spec: TensorSpec | None = None,
        devices: tuple[str, ...] = DEVICES,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        name(self, "tensorDialog", tr("tensor.title"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("tensor.edit_title") if spec else tr("tensor.title"))
        self._taken = taken
        self._touched = self._editing = spec is not None
        self.name = self._field("tensorName", "tensor.name")
        self.shape = self._field("tensorShape", "tensor.shape")
        self.shape.setPlaceholderText(tr("tensor.shape_hint"))
        self.values = self._field("tensorValues", "tensor.values")
        self.init = self._box("tensorInit", "tensor.init", [(i, init_text(i)) for i in INITS])
        self.dtype = self._box("tensorDtype", "tensor.dtype", [(d, d or tr("tensor.default_dtype")) for d in DTYPES])
        self.device = self._box(
            "tensorDevice", "tensor.device", [(d, d or tr("tensor.default_device")) for d in devices]
        )
        self.requires_grad = QCheckBox(tr("tensor.requires_grad_hint"))
        name(self.requires_grad, "tensorRequiresGrad", tr("tensor.requires_grad"))
        self.requires_grad.toggled.connect(self._refresh)
        self.preview = QLabel()
        self.preview.setObjectName("tensorPreview")
        self.preview.setFont(editor_font(10.5))
        self.preview.setWordWrap(True)
        self.problem = QLabel()
        self.problem.setObjectName("formProblem")
        self.problem.setWordWrap(True)
        self.buttons = accept_buttons(self, tr("tensor.save") if spec else tr("tensor.add"))
        self._arrange()
        self._fill(spec or TensorSpec(_free_name(taken), "randn", "2, 3", requires_grad=True))
        self.name.selectAll()

    def spec(self) -> TensorSpec:
        """What has been entered."""
        return TensorSpec(
            self.name.text(),
            str(self.init.currentData()),
            self.shape.text(),
            self.values.text(),
            str(self.dtype.currentData()),
            str(self.device.currentData()),
            self.requires_grad.isChecked(),
        )

    def _field(self, object_name: str, key: str) -> QLineEdit:
        field = QLineEdit()
        name(field, object_name, tr(key))
        field.setFont(editor_font(10.5))
        field.textChanged.connect(self._refresh)
        return field

    def _box(self, object_name: str, key: str, entries: list[tuple[str, str]]) -> QComboBox:
        box = QComboBox()
        name(box, object_name, tr(key))
        for data, text in entries:
            box.addItem(text, data)
        box.currentIndexChanged.connect(self._refresh)
        return box

    def _arrange(self) -> None:
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        form.setVerticalSpacing(10)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow(tr("tensor.name"), self.name)
        form.addRow(tr("tensor.init"), self.init)
        form.addRow(tr("tensor.shape"), self.shape)
        form.addRow(tr("tensor.values"), self.values)
        form.addRow(tr("tensor.dtype"), self.dtype)
        form.addRow(tr("tensor.device"), self.device)
        form.addRow(tr("tensor.requires_grad"), self.requires_grad)
        level_labels(form)
        self._form = form
        caption = QLabel(tr("tensor.edit_preview" if self._editing else "tensor.preview"))
        caption.setObjectName("caption")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 20, 20, 16)
        layout.setSpacing(12)
        layout.addLayout(form)
        layout.addSpacing(4)
        layout.addWidget(caption)
        layout.addWidget(self.preview)
        layout.addWidget(self.problem)
        layout.addStretch(1)
        layout.addWidget(self.buttons)
        self.setMinimumWidth(460)

    def _fill(self, spec: TensorSpec) -> None:
        self.name.setText(spec.name)
        self.init.setCurrentIndex(max(0, self.init.findData(spec.init)))
        self.shape.setText(spec.shape)
        self.values.setText(spec.values)
        self.dtype.setCurrentIndex(max(0, self.dtype.findData(spec.dtype)))
        self.device.setCurrentIndex(max(0, self.device.findData(spec.device)))
        self.requires_grad.setChecked(spec.requires_grad)
        self._refresh()

    def _refresh(self) -> None:
        if not hasattr(self, "_form"):
            return
        init = str(self.init.currentData())
        self._form.setRowVisible(self.shape, init != "values")
        self._form.setRowVisible(self.values, init in NUMBERS)
        self.values.setPlaceholderText(tr("tensor.values_hint") if init == "values" else tr("tensor.value_hint"))
        problem = ""
        try:
            self.preview.setText(tensor_line(self.spec(), self._taken))
        except FormError as error:
            problem = tr(f"form.{error.reason}", **error.values)
        self.preview.setEnabled(not problem)
        self.problem.setText(problem)
        self.buttons.button(Standard.Ok).setEnabled(not problem)


def init_text(init: str) -> str:
    """How a way to make a tensor reads in the form: what it does, and torch's name for it."""
    return f"{tr(f'init.{init}')} · {'tensor' if init == 'values' else init}"


def _free_name(taken: set[str]) -> str:
    """A short name that is still free."""
    letters = [*"xwabcuvpqrst", *(f"x{n}" for n in range(1, 1000))]
    return next((letter for letter in letters if letter not in taken), "x")
